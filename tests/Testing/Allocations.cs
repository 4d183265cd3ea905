namespace Hybrid.Testing;

public static class Allocations
{
    private const int Calls = 200;

    /// <summary>Bytes that a call leaves to the garbage collector once everything is warm.</summary>
    public static long PerCall(Action call)
    {
        Repeat(call);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(call);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private static void Repeat(Action call)
    {
        for (var i = 0; i < Calls; i++)
        {
            call();
        }
    }
}
