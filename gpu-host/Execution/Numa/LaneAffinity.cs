namespace Hybrid.GpuHost.Execution.Numa;

/// <summary>Brings the threads that call an engine to its processors, each once. Threads of the pool are left alone: they have other work too.</summary>
/// <param name="processors">Null: any.</param>
internal sealed class LaneAffinity(IReadOnlyList<int>? processors)
{
    [ThreadStatic]
    private static IReadOnlyList<int>? _current;

    public void Apply()
    {
        if (processors is not null && !ReferenceEquals(_current, processors) && !Thread.CurrentThread.IsThreadPoolThread)
        {
            _current = processors;
            ThreadAffinity.TrySet(processors);
        }
    }
}
