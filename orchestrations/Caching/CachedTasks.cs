using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching.Tasks;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching;

/// <summary>
/// The tasks of the GPU hosts with the caches before them: the one way for HTTP calls and for stages. What is asked for the first time
/// goes to <see cref="GpuPool"/>.
/// </summary>
public sealed class CachedTasks
{
    private readonly CachingOptions _options;
    private readonly CachedEmbedding _embedding;
    private readonly CachedRerank _rerank;
    private readonly CachedGeneration _generation;

    internal CachedTasks(IOptions<CachingOptions> options, CachedEmbedding embedding, CachedRerank rerank, CachedGeneration generation)
    {
        _options = options.Value;
        _embedding = embedding;
        _rerank = rerank;
        _generation = generation;
    }

    /// <param name="request">What is asked.</param>
    /// <param name="call">On whose behalf, and until when.</param>
    /// <param name="use">What the caller lets the cache do.</param>
    /// <param name="cancellation">The caller's wish to stop; what others wait for too goes on.</param>
    /// <exception cref="HybridException">What the last host that was tried said, or that the deadline came.</exception>
    public Task<Cached<EmbedReply>> EmbedAsync(EmbedRequest request, PoolCall call, CacheUse use, CancellationToken cancellation) =>
        _embedding.RunAsync(request, call, Allowed(use), cancellation);

    /// <inheritdoc cref="EmbedAsync"/>
    public Task<Cached<RerankReply>> RerankAsync(RerankRequest request, PoolCall call, CacheUse use, CancellationToken cancellation) =>
        _rerank.RunAsync(request, call, Allowed(use), cancellation);

    /// <inheritdoc cref="EmbedAsync"/>
    public Task<Cached<GenerateReply>> GenerateAsync(GenerateRequest request, PoolCall call, CacheUse use, CancellationToken cancellation) =>
        _generation.RunAsync(request, call, Allowed(use), cancellation);

    private CacheUse Allowed(CacheUse use) => _options.Enabled ? use : CacheUse.None;
}
