using System.Diagnostics;
using Hybrid.Functions.Telemetry;

namespace Hybrid.Functions.Tests.Telemetry;

public sealed class OrchestratorTurnsTests
{
    private readonly OrchestratorTurns _turns = OrchestratorTurns.Of(typeof(HybridFunctions).Assembly);

    [Theory]
    [InlineData("Microsoft.Azure.Functions.Worker", "function RagPipeline", false)]
    [InlineData("Microsoft.Azure.Functions.Worker", "function QueuedPipeline", false)]
    [InlineData("Microsoft.Azure.Functions.Worker", "function EmbedActivity", true)]
    [InlineData("another source", "function RagPipeline", true)]
    public void Span_OfAnOrchestratorsInvocation_IsNotExported(string source, string name, bool exported)
    {
        using var spans = new ActivitySource(source);
        using var listener = new ActivityListener { ShouldListenTo = other => other == spans, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var span = spans.StartActivity(name)!;

        _turns.OnStart(span);

        Assert.Equal(exported, span.Recorded);
    }
}
