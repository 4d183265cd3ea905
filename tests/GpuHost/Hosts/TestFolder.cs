namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>A temporary folder that goes with its test.</summary>
public sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("hybrid-gpu-host-");

    public string Path => _directory.FullName;

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => _directory.Delete(recursive: true);
}
