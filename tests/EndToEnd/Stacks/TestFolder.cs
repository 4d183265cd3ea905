namespace Hybrid.EndToEnd.Tests.Stacks;

/// <summary>A data folder of one test; the models in it are the checkout's, made once.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hybrid-e2e-").FullName;

    public StackOptions Options => StackOptions.OfCheckout() with
    {
        Data = Path,
        Models = StackOptions.OfCheckout().Models,
        Ports = StackPorts.Free,
        // These tests are about the whole way; a question asked twice would not go it a second time. CachingTests turn the caches on.
        Settings = new Dictionary<string, string> { ["Caching__Enabled"] = "false" },
    };

    /// <summary>Lines that a process wrote at level Error or Critical; what they are about must be a test's own doing.</summary>
    public IEnumerable<string> ErrorLines() =>
        Directory.EnumerateFiles(System.IO.Path.Combine(Path, "logs"))
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal)
                || line.StartsWith("Unhandled exception", StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
