using System.CommandLine;
using Hybrid.Models;

var root = new RootCommand("Makes ONNX models that need no download, in the layout <model>/<version>/ with a manifest each.")
{
    WriteCommand("demo", "The demo's three models (demo-embed, demo-rerank, demo-generate), constructed from the handbook.", DemoModels.WriteAsync),
    WriteCommand("bench", "The benchmarks' models: bench-embed and bench-generate of usual size with random weights (235 MB), and bench-identity, which computes nothing.", BenchModels.WriteAsync),
};
return await root.Parse(args).InvokeAsync();

static Command WriteCommand(string name, string description, Func<string, IProgress<string>, CancellationToken, Task> writeAsync)
{
    var output = new Option<DirectoryInfo>("--output", "-o") { Description = "The model repository to write to; made if it is not there.", Required = true };
    var command = new Command(name, description) { output };
    command.SetAction(async (result, cancellationToken) =>
    {
        try
        {
            await writeAsync(result.GetRequiredValue(output).FullName, new LineProgress(Console.Out), cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The models cannot be written: {exception.Message}");
            return 1;
        }
    });
    return command;
}
