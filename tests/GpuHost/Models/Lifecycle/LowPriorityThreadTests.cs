using System.Globalization;
using Hybrid.GpuHost.Models.Lifecycle;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

public sealed class LowPriorityThreadTests
{
    [Fact]
    public void Run_OnLinux_GivesWayToOtherThreads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux has a priority for each thread.");
        var before = Nice();

        Assert.Equal(Math.Max(before, 10), LowPriorityThread.Run(Nice));
        Assert.Equal(before, Nice());
    }

    [Fact]
    public void Run_Fails_ThrowsWhatWasThrown() =>
        Assert.Equal("why", Assert.Throws<InvalidDataException>(() => LowPriorityThread.Run<int>(() => throw new InvalidDataException("why"))).Message);

    // The 19th field of proc_pid_stat(5), and the 17th behind the name in parentheses.
    private static int Nice()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }
}
