using Hybrid.Stack.Processes;

namespace Hybrid.Stack.Serving;

internal static class ProgramProcess
{
    /// <summary>Starts one of this repository's own programs from its build folder.</summary>
    public static ChildProcess Start(
        StackOptions options, string name, string project, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var program = Path.Combine(options.Programs, project, "release", project + ".dll");
        return File.Exists(program)
            ? ChildProcess.Start(name, Path.Combine(options.Data, "logs"), "dotnet", [program], environment)
            : throw new StackException($"{project} is not built: run ./hybrid, which builds it.");
    }
}
