using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// The one meter of this host; exporters subscribe to it, and to the spans (<see cref="HostSpans"/>), by <see cref="Name"/>.
/// Labels only ever hold names that the host itself knows, so outside input makes no series.
/// </summary>
public sealed class HostTelemetry
{
    public const string Name = "Hybrid.GpuHost";

    private readonly TimeProvider _time;

    public HostTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(Name);
        Requests = meter.CreateHistogram(
            "gen_ai.server.request.duration", "s", "Time from a request's arrival to its answer.", advice: Buckets(Seconds));
        Dropped = meter.CreateCounter<long>("hybrid.host.requests.dropped", "{request}", "Requests turned away before any work was done for them.");
        Running = meter.CreateUpDownCounter<long>("hybrid.host.requests.running", "{request}", "Requests admitted and not yet answered.");
        QueueTime = meter.CreateHistogram("hybrid.host.queue.duration", "s", "Time from the queue's door to the device.", advice: Buckets(Seconds));
        TokenizeTime = meter.CreateHistogram("hybrid.host.tokenize.duration", "s", "Text to tokens, per request.", advice: Buckets(Seconds));
        PromptStageTime = meter.CreateHistogram(
            "hybrid.host.prompt.stage.duration", "s", "One stage of the prompt pipeline, per request; the executor's is its wait for a place.", advice: Buckets(Seconds));
        DocumentsLeftOut = meter.CreateCounter<long>("hybrid.host.prompt.documents.left_out", "{document}", "Documents that did not fit into their prompts.");
        ComputeTime = meter.CreateHistogram("hybrid.host.compute.duration", "s", "One batch on the device.", advice: Buckets(Seconds));
        BatchSize = meter.CreateHistogram("hybrid.host.batch.size", "{item}", "Items in one batch.", advice: Buckets<int>([1, 2, 4, 8, 16, 32, 64, 128, 256]));
        BatchTokens = meter.CreateHistogram(
            "hybrid.host.batch.tokens", "{token}", "Tokens in one batch, padding included.", advice: Buckets<int>([16, 64, 256, 1024, 4096, 16384, 65536]));
        FirstTokenTime = meter.CreateHistogram(
            "gen_ai.server.time_to_first_token", "s", "Time from a request's arrival to its first token.", advice: Buckets(FirstTokenSeconds));
        OutputTokenTime = meter.CreateHistogram(
            "gen_ai.server.time_per_output_token", "s", "Mean time from one token of an answer to the next.", advice: Buckets(OutputTokenSeconds));
        TokensMade = meter.CreateCounter<long>("hybrid.host.generation.tokens", "{token}", "Tokens made, as they are made.");
        Generations = meter.CreateCounter<long>("hybrid.host.generations", "{generation}", "Answers that ended, by outcome: stop, length, cancelled or failed.");
        Meter = meter;
    }

    public Meter Meter { get; }

    public Histogram<double> Requests { get; }

    public Counter<long> Dropped { get; }

    public UpDownCounter<long> Running { get; }

    public Histogram<double> QueueTime { get; }

    public Histogram<double> TokenizeTime { get; }

    public Histogram<double> PromptStageTime { get; }

    public Counter<long> DocumentsLeftOut { get; }

    public Histogram<double> ComputeTime { get; }

    public Histogram<int> BatchSize { get; }

    public Histogram<int> BatchTokens { get; }

    public Histogram<double> FirstTokenTime { get; }

    public Histogram<double> OutputTokenTime { get; }

    public Counter<long> TokensMade { get; }

    public Counter<long> Generations { get; }

    /// <summary>Begins the span and the clock of a request; dispose it when it is answered.</summary>
    public RequestTelemetry BeginRequest(string operation, string route, ModelId model, string requestId) => new(this, operation, route, model, requestId, _time);

    // From a run of a tiny model to the longest budget.
    private static readonly double[] Seconds = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];

    // OpenTelemetry's own, for these two.
    private static readonly double[] FirstTokenSeconds = [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] OutputTokenSeconds = [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5];

    private static InstrumentAdvice<T> Buckets<T>(T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };
}
