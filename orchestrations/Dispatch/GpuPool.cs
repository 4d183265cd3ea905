using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>The GPU hosts as one. Safe for any number of callers at once.</summary>
public sealed partial class GpuPool
{
    private readonly PoolState _state;
    private readonly Dispatcher _dispatcher;
    private readonly HostTransport _transport;

    internal GpuPool(PoolState state, Dispatcher dispatcher, HostTransport transport)
    {
        _state = state;
        _dispatcher = dispatcher;
        _transport = transport;
    }

    /// <summary>Hosts that are ready to work, one on trial among them, of how many; for health routes.</summary>
    public (int Ready, int All) Hosts
    {
        get
        {
            var snapshot = _state.Snapshot;
            return (snapshot.Ready.Length + snapshot.OnTrial.Length, snapshot.Hosts.Length);
        }
    }

    /// <exception cref="HybridException">What the last host that was tried said, or that the deadline came.</exception>
    public async Task<EmbedReply> EmbedAsync(EmbedRequest request, PoolCall call, CancellationToken cancellation)
    {
        var reply = await CallAsync<EmbedRequest, EmbedReply>(PoolTask.Embed, request.Model, request, call, cancellation);
        return reply.Count == request.Inputs.Count ? reply : throw Misfit(request.Inputs.Count, reply.Count);
    }

    /// <inheritdoc cref="EmbedAsync"/>
    public async Task<RerankReply> RerankAsync(RerankRequest request, PoolCall call, CancellationToken cancellation)
    {
        var reply = await CallAsync<RerankRequest, RerankReply>(PoolTask.Rerank, request.Model, request, call, cancellation);
        return reply.Scores.Count == request.Passages.Count ? reply : throw Misfit(request.Passages.Count, reply.Scores.Count);
    }

    /// <inheritdoc cref="EmbedAsync"/>
    public Task<GenerateReply> GenerateAsync(GenerateRequest request, PoolCall call, CancellationToken cancellation) =>
        CallAsync<GenerateRequest, GenerateReply>(PoolTask.Generate, request.Model, request, call, cancellation);

    /// <inheritdoc cref="EmbedAsync"/>
    public Task<InferReply> InferAsync(InferRequest request, PoolCall call, CancellationToken cancellation) =>
        CallAsync<InferRequest, InferReply>(PoolTask.Infer, request.Model, request, call, cancellation);

    /// <summary>Every model version that some host serves, in ordinal order; hosts that do not answer are left out.</summary>
    /// <exception cref="HybridException">No host answered.</exception>
    public async Task<IReadOnlyList<ModelInfo>> ModelsAsync(PoolCall call, CancellationToken cancellation)
    {
        using var scope = call.Deadline.Cancellation(cancellation);
        var outcomes = await Task.WhenAll(_state.Snapshot.Candidates.Select(
            host => _dispatcher.TryAsync(PoolTask.Models, null, PoolState.PickOf(host), ListAsync, scope, call)));
        var models = outcomes
            .Where(outcome => outcome.Succeeded)
            .SelectMany(outcome => outcome.Reply!.Models)
            .DistinctBy(model => (model.Name, model.Version))
            .OrderBy(model => model.Name, StringComparer.Ordinal)
            .ThenBy(model => model.Version)
            .ToList();
        return outcomes.Any(outcome => outcome.Succeeded) ? models : throw new HybridException(outcomes[0].Error!);

        // A host that lists its models may still be one that cannot run them.
        async Task<Outcome<ModelList>> ListAsync(GpuHost host, CancellationToken token)
        {
            var outcome = await _transport.GetAsync<ModelList>(host, PoolTask.Models.Route, call, token);
            return outcome.Sign == HostSign.Works ? outcome with { Sign = HostSign.None } : outcome;
        }
    }

    private Task<TReply> CallAsync<TRequest, TReply>(PoolTask task, string model, TRequest request, PoolCall call, CancellationToken cancellation)
        where TRequest : IWire<TRequest>
        where TReply : class, IWire<TReply>
    {
        var body = Wire.Encode(request);
        return _dispatcher.CallAsync(task, model, call, (host, token) => _transport.PostAsync<TReply>(host, task.Route, body, call, token), cancellation);
    }

    private static HybridException Misfit(int asked, int answered) =>
        new(ErrorCode.Internal, $"A GPU host answered {answered} of {asked} items.");
}
