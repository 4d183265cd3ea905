namespace Hybrid.GpuHost.Tests.Telemetry;

/// <summary>Tests that listen to spans, and tests that measure what it costs when nobody does: a listener is the whole process's.</summary>
[CollectionDefinition(nameof(SpanListeners), DisableParallelization = true)]
public sealed class SpanListeners;
