using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>What is measured of one version of a model.</summary>
public sealed class ModelMetrics(HostTelemetry telemetry, ModelId id, TimeProvider time)
{
    private readonly TagList _tags = new() { { "model", id.Name }, { "version", id.Version } };

    private readonly TagList _chat = new()
    {
        { "gen_ai.operation.name", "chat" }, { "gen_ai.provider.name", "hybrid" }, { "gen_ai.request.model", id.Name },
    };

    /// <summary>A value of this model for an observed instrument.</summary>
    public Measurement<T> Observe<T>(T value)
        where T : struct => new(value, _tags);

    /// <summary>The same, of one stage of the prompt pipeline.</summary>
    public Measurement<T> Observe<T>(T value, string stage)
        where T : struct => new(value, TagsOf(stage));

    /// <summary>A request's items reached the device after this long.</summary>
    public void Queued(TimeSpan queued, ActivityContext request)
    {
        telemetry.QueueTime.Record(queued.TotalSeconds, _tags);
        HostSpans.Queued(request, time.GetUtcNow() - queued);
    }

    public void Computed(TimeSpan computed) => telemetry.ComputeTime.Record(computed.TotalSeconds, _tags);

    public void Tokenized(TimeSpan tokenized) => telemetry.TokenizeTime.Record(tokenized.TotalSeconds, _tags);

    /// <summary>An answer got a token.</summary>
    /// <param name="sinceArrival">Time since its request came, if it is the first.</param>
    public void TokenMade(TimeSpan? sinceArrival)
    {
        telemetry.TokensMade.Add(1, _tags);
        if (sinceArrival is { } time)
        {
            telemetry.FirstTokenTime.Record(time.TotalSeconds, _chat);
        }
    }

    /// <summary>An answer ended.</summary>
    /// <param name="outcome">stop, length, cancelled or failed.</param>
    /// <param name="tokens">How many it has.</param>
    /// <param name="time">From its first token to its last.</param>
    public void Generated(string outcome, int tokens, TimeSpan time)
    {
        telemetry.Generations.Add(1, [.. _tags, new("outcome", outcome)]);
        if (tokens > 1)
        {
            telemetry.OutputTokenTime.Record(time.TotalSeconds / (tokens - 1), _chat);
        }
    }

    /// <summary>A request of the current span is through a stage of the prompt pipeline, or failed in it.</summary>
    public void PromptStageEnded(string stage, TimeSpan elapsed, bool succeeded)
    {
        telemetry.PromptStageTime.Record(elapsed.TotalSeconds, TagsOf(stage));
        HostSpans.PromptStageEnded(stage, time.GetUtcNow() - elapsed, succeeded);
    }

    public void DocumentsLeftOut(int count)
    {
        if (count > 0)
        {
            telemetry.DocumentsLeftOut.Add(count, _tags);
            Activity.Current?.SetTag("hybrid.prompt.documents_left_out", count);
        }
    }

    /// <summary>Begins the span of a run that answers these requests; dispose it when the run ends.</summary>
    public Activity? BeginBatch(int size, int tokens, IEnumerable<ActivityContext> requests)
    {
        telemetry.BatchSize.Record(size, _tags);
        telemetry.BatchTokens.Record(tokens, _tags);
        return HostSpans.BeginBatch(id, size, tokens, requests);
    }

    /// <summary>Begins the spans of sequences that are generated together; dispose them when the last has ended.</summary>
    internal GenerationSpans? BeginGeneration(int size, int tokens, IEnumerable<ActivityContext> requests) =>
        GenerationSpans.Begin(id, size, tokens, requests, time);

    private TagList TagsOf(string stage)
    {
        var tags = _tags;
        tags.Add("stage", stage);
        return tags;
    }
}
