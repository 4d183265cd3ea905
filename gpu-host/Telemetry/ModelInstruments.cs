using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;
using Hybrid.Telemetry;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>The instruments of one version of a model, on a meter of its own: when the version is unloaded, its series end.</summary>
internal sealed class ModelInstruments : IDisposable
{
    private readonly Meter _meter;

    public ModelInstruments(IMeterFactory owner, ModelId id)
    {
        var tags = new TagList { { "model", id.Name }, { "version", id.Version } };

        // Not out of the factory, whose meters live as long as the process.
        _meter = new Meter(new MeterOptions(HostTelemetry.Name) { Scope = owner, Tags = [new("model", id.Name), new("version", id.Version)] });
        _meter.CreateObservableGauge(
            "hybrid.host.requests.queued", () => new Measurement<int>(Counts.Waiting, tags), "{request}", "Requests that wait for the device.");
        _meter.CreateObservableGauge(
            "hybrid.host.requests.running", () => new Measurement<int>(Counts.Running, tags), "{request}", "Requests that are on the device.");
        _meter.CreateObservableGauge<int>(
            "hybrid.host.instances", () => Instances > 0 ? [new(Instances, tags)] : [], "{instance}", "Runs of the model that may be side by side.");
        Requests = _meter.CreateHistogram(
            "gen_ai.server.request.duration", "s", "Time from a request's arrival to its answer, or to its failure.", advice: RequestSeconds);
        QueueTime = Seconds("hybrid.host.queue.duration", "Time from the queue's door to the device.");
        TokenizeTime = Seconds("hybrid.host.tokenize.duration", "Text to tokens, per request.");
        ComputeTime = Seconds("hybrid.host.compute.duration", "One batch, or one step of a generation, on the device.");
        BatchSize = _meter.CreateHistogram("hybrid.host.batch.size", "{item}", "Items in one batch.", advice: Buckets.Of(1, 2, 4, 8, 16, 32, 64, 128, 256));
        BatchTokens = _meter.CreateHistogram(
            "hybrid.host.batch.tokens", "{token}", "Tokens in one batch, padding included.", advice: Buckets.Of(16, 64, 256, 1024, 4096, 16384, 65536));
        InputTokens = _meter.CreateCounter<long>("hybrid.host.input.tokens", "{token}", "Tokens taken in, without padding.");
        FirstTokenTime = _meter.CreateHistogram(
            "gen_ai.server.time_to_first_token", "s", "Time from a request's arrival to its first token.", advice: FirstTokenSeconds);
        OutputTokenTime = _meter.CreateHistogram(
            "gen_ai.server.time_per_output_token", "s", "Mean time from one token of an answer to the next.", advice: OutputTokenSeconds);
        TokensMade = _meter.CreateCounter<long>("hybrid.host.generation.tokens", "{token}", "Tokens made, as they are made.");
        Generations = _meter.CreateCounter<long>("hybrid.host.generations", "{generation}", "Answers that ended, by outcome: stop, length, cancelled or failed.");
        PromptStageTime = Seconds(
            "hybrid.host.prompt.stage.duration", "One stage of the prompt pipeline, per request; the executor's is its wait for a place.");
        DocumentsLeftOut = _meter.CreateCounter<long>("hybrid.host.prompt.documents.left_out", "{document}", "Documents that did not fit into their prompts.");
    }

    public QueueCounts Counts { get; } = new();

    /// <summary>0: not known yet.</summary>
    public int Instances { get; set; }

    public Histogram<double> Requests { get; }

    public Histogram<double> QueueTime { get; }

    public Histogram<double> TokenizeTime { get; }

    public Histogram<double> ComputeTime { get; }

    public Histogram<int> BatchSize { get; }

    public Histogram<int> BatchTokens { get; }

    public Counter<long> InputTokens { get; }

    public Histogram<double> FirstTokenTime { get; }

    public Histogram<double> OutputTokenTime { get; }

    public Counter<long> TokensMade { get; }

    public Counter<long> Generations { get; }

    public Histogram<double> PromptStageTime { get; }

    public Counter<long> DocumentsLeftOut { get; }

    public void Dispose() => _meter.Dispose();

    // OpenTelemetry's own, for these three.
    private static readonly InstrumentAdvice<double> RequestSeconds =
        Buckets.Of(.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
    private static readonly InstrumentAdvice<double> FirstTokenSeconds = Buckets.Of(.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10);
    private static readonly InstrumentAdvice<double> OutputTokenSeconds = Buckets.Of(.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5);

    private Histogram<double> Seconds(string name, string description) => _meter.CreateHistogram(name, "s", description, advice: Buckets.Seconds);
}
