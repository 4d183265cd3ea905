using System.Diagnostics;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>A disk of a few MiB, mounted on a folder. Only who may mount one has it.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Foreign => Path.Combine(_folder, "foreign");

    /// <summary>Skips the test where it cannot be had.</summary>
    public static async Task<SmallDisk> MountAsync(string folder, int megabytes)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder),
            "This process may not mount a small disk.");
        return new SmallDisk(folder);
    }

    /// <summary>Another program's file takes all that is free.</summary>
    public void Fill()
    {
        using var file = File.Create(Foreign, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>That file goes.</summary>
    public void Free() => File.Delete(Foreign);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", _folder);

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode == 0;
    }
}
