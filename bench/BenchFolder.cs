using Hybrid.Stack;

namespace Hybrid.Bench;

/// <summary>A benchmark's own folder and free ports for what it starts. Deleted with all that was written there.</summary>
internal sealed class BenchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hybrid-bench-").FullName;

    /// <summary>For the processes that it starts.</summary>
    public StackOptions Options => StackOptions.OfCheckout() with { Data = Path, Ports = StackPorts.Free };

    /// <summary>Where it writes its models.</summary>
    public string Models => System.IO.Path.Combine(Path, "models");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
