using System.Diagnostics;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights.Cache;

namespace Hybrid.GpuHost.Tests.Weights.Cache;

public sealed class FileLocksTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Lock => _folder.Combine("locks", "one");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Share_SharedByOthers_IsSharedToo()
    {
        using var one = await FileLocks.ShareAsync(Lock, TimeProvider.System, Cancel);
        using var other = await FileLocks.ShareAsync(Lock, TimeProvider.System, Cancel);

        Assert.Null(FileLocks.TryTake(Lock));
    }

    [Fact]
    public async Task Take_SharedByNobodyAnyMore_IsTaken()
    {
        (await FileLocks.ShareAsync(Lock, TimeProvider.System, Cancel)).Dispose();

        using var taken = FileLocks.TryTake(Lock);

        Assert.NotNull(taken);
        Assert.Null(FileLocks.TryTake(Lock));
    }

    [Fact]
    public async Task Share_Taken_WaitsUntilItIsGivenBack()
    {
        var taken = FileLocks.TryTake(Lock)!;
        var sharing = FileLocks.ShareAsync(Lock, TimeProvider.System, Cancel);
        Assert.False(sharing.IsCompleted);

        taken.Dispose();

        using var shared = await sharing;
        Assert.Null(FileLocks.TryTake(Lock));
    }

    [Fact]
    public async Task Take_Cancelled_EndsTheWait()
    {
        using var taken = FileLocks.TryTake(Lock);
        using var stop = new CancellationTokenSource();
        var taking = FileLocks.TakeAsync(Lock, TimeProvider.System, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }

    [Fact]
    public async Task Take_LockedByAnotherProcess_IsFreeWhenThatIsKilled()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "flock is not installed.");
        Directory.CreateDirectory(Path.GetDirectoryName(Lock)!);
        using var other = Process.Start("/usr/bin/flock", ["--shared", "--no-fork", Lock, "sleep", "600"]);
        await Eventually.IsTrueAsync(() =>
        {
            using var taken = FileLocks.TryTake(Lock);
            return taken is null;
        });

        other.Kill();
        await other.WaitForExitAsync(Cancel);

        using var now = FileLocks.TryTake(Lock);
        Assert.NotNull(now);
    }

    [Fact]
    public void Take_WhereNoFileCanBe_SaysSo()
    {
        File.WriteAllText(_folder.Combine("locks"), "a file");

        Assert.ThrowsAny<IOException>(() => FileLocks.TryTake(Lock));
    }

    public void Dispose() => _folder.Dispose();
}
