using System.Runtime.InteropServices;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Pipelines;

namespace Hybrid.Orchestrations.Activities;

/// <summary>The question to its vector. Pure: a second run gives the same.</summary>
public sealed class EmbedActivity(CachedTasks tasks, TimeProvider time)
{
    public Task<EmbeddedQuestion> RunAsync(EmbedStage input, CancellationToken cancellation) => StageException.GuardAsync(async () =>
    {
        var (reply, _) = await tasks.EmbedAsync(new EmbedRequest(input.Model, [input.Question]), input.Call.ToPoolCall(time), CacheUse.Full, cancellation);
        return new EmbeddedQuestion(MemoryMarshal.AsBytes(reply.Vector(0).Span).ToArray(), reply.Model, reply.Version);
    });
}

/// <summary>The input of an <see cref="EmbedActivity"/>.</summary>
public sealed record EmbedStage(StageCall Call, string Model, string Question);

/// <summary>The output of an <see cref="EmbedActivity"/>.</summary>
/// <param name="Vector">Float32, little-endian: in history a third of what numbers in text take.</param>
/// <param name="Model">Who made it.</param>
/// <param name="Version">The model's version.</param>
public sealed record EmbeddedQuestion(byte[] Vector, string Model, int Version) : IStageResult;
