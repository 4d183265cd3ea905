using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>What is measured of one version of a model. Recording allocates nothing. Disposed with the version.</summary>
public sealed class ModelMetrics : IDisposable
{
    private readonly ModelId _id;
    private readonly TimeProvider _time;
    private readonly TagList _tags;
    private readonly TagList _chat;
    private readonly ConcurrentDictionary<string, RequestTelemetry> _requests = new(StringComparer.Ordinal);
    private readonly Func<string, RequestTelemetry> _newRequests;
    private readonly ModelMeters _meters;
    private readonly ModelInstruments _instruments;
    private int _disposed;

    public ModelMetrics(HostTelemetry telemetry, ModelId id, TimeProvider time)
    {
        _id = id;
        _time = time;
        _tags = new TagList { { "model", id.Name }, { "version", id.Version } };
        _chat = Operation("chat");
        _meters = telemetry.Models;
        _instruments = _meters.Hold(id);
        _newRequests = operation => new RequestTelemetry(operation, id, _instruments.Requests, Operation(operation), time);
    }

    /// <summary>A value of this model for an observed instrument.</summary>
    public Measurement<T> Observe<T>(T value)
        where T : struct => new(value, _tags);

    /// <summary>The same, of one stage of the prompt pipeline.</summary>
    public Measurement<T> Observe<T>(T value, string stage)
        where T : struct => new(value, With("stage", stage));

    /// <summary>Tells how many runs of this model there may be side by side.</summary>
    public void HasInstances(int count) => _instruments.Instances = count;

    /// <summary>What is told of requests of one kind.</summary>
    /// <param name="operation">OpenTelemetry's name of it, such as <c>embeddings</c>.</param>
    public RequestTelemetry Requests(string operation) => _requests.GetOrAdd(operation, _newRequests);

    /// <summary>Where a queue counts its requests.</summary>
    internal QueueCounts Counts => _instruments.Counts;

    /// <summary>A request goes into the queue of the device; dispose what is returned when it has left it, however.</summary>
    public QueuePass EnterQueue() => new(_instruments.Counts);

    /// <summary>A request's items reached the device after this long.</summary>
    public void Queued(TimeSpan queued, ActivityContext request)
    {
        _instruments.QueueTime.Record(queued.TotalSeconds, _tags);
        if (HostSpans.Source.HasListeners())
        {
            HostSpans.Queued(request, _time.GetUtcNow() - queued);
        }
    }

    public void Computed(TimeSpan computed) => _instruments.ComputeTime.Record(computed.TotalSeconds, _tags);

    /// <param name="tokenized">How long it took.</param>
    /// <param name="tokens">How many tokens the request's texts are, without padding.</param>
    public void Tokenized(TimeSpan tokenized, int tokens)
    {
        _instruments.TokenizeTime.Record(tokenized.TotalSeconds, _tags);
        _instruments.InputTokens.Add(tokens, _tags);
    }

    /// <summary>An answer got a token.</summary>
    /// <param name="sinceArrival">Time since its request came, if it is the first.</param>
    public void TokenMade(TimeSpan? sinceArrival)
    {
        _instruments.TokensMade.Add(1, _tags);
        if (sinceArrival is { } time)
        {
            _instruments.FirstTokenTime.Record(time.TotalSeconds, _chat);
        }
    }

    /// <summary>An answer ended.</summary>
    /// <param name="outcome">stop, length, cancelled or failed.</param>
    /// <param name="tokens">How many it has.</param>
    /// <param name="time">From its first token to its last.</param>
    public void Generated(string outcome, int tokens, TimeSpan time)
    {
        _instruments.Generations.Add(1, With("outcome", outcome));
        if (tokens > 1)
        {
            _instruments.OutputTokenTime.Record(time.TotalSeconds / (tokens - 1), _chat);
        }
    }

    /// <summary>A request of the current span is through a stage of the prompt pipeline, or failed in it.</summary>
    public void PromptStageEnded(string stage, TimeSpan elapsed, bool succeeded)
    {
        _instruments.PromptStageTime.Record(elapsed.TotalSeconds, With("stage", stage));
        HostSpans.PromptStageEnded(stage, _time.GetUtcNow() - elapsed, succeeded);
    }

    public void DocumentsLeftOut(int count)
    {
        if (count > 0)
        {
            _instruments.DocumentsLeftOut.Add(count, _tags);
            Activity.Current?.SetTag("hybrid.prompt.documents_left_out", count);
        }
    }

    /// <summary>Begins the span of a run that answers these requests; dispose it when the run ends.</summary>
    public Activity? BeginBatch(int size, int tokens, IEnumerable<ActivityContext> requests)
    {
        _instruments.BatchSize.Record(size, _tags);
        _instruments.BatchTokens.Record(tokens, _tags);
        return HostSpans.BeginBatch(_id, size, tokens, requests);
    }

    /// <summary>Begins the spans of sequences that are generated together; dispose them when the last has ended.</summary>
    internal GenerationSpans? BeginGeneration(int size, int tokens, IEnumerable<ActivityContext> requests) =>
        GenerationSpans.Begin(_id, size, tokens, requests, _time);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _meters.Release(_id);
        }
    }

    private TagList Operation(string name) =>
        new() { { "gen_ai.operation.name", name }, { "gen_ai.provider.name", "hybrid" }, { "gen_ai.request.model", _id.Name } };

    private TagList With(string name, string value)
    {
        var tags = _tags;
        tags.Add(name, value);
        return tags;
    }
}
