using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Budgets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>
/// The GPU hosts as one. Every task is a pure computation, so whatever failed for a passing reason is tried again, on
/// another host where there is one, until the call's deadline. Safe for any number of callers at once.
/// </summary>
public sealed class GpuPool
{
    private readonly PoolState _state;
    private readonly HostTransport _transport;
    private readonly GpuPoolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<GpuPool> _logger;

    internal GpuPool(
        PoolState state, HostTransport transport, IOptions<GpuPoolOptions> options, TimeProvider time, ILogger<GpuPool> logger)
    {
        _state = state;
        _transport = transport;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>Hosts that are ready to work, of how many; for health routes.</summary>
    public (int Ready, int All) Hosts => (_state.Snapshot.Ready.Length, _state.Snapshot.Hosts.Length);

    /// <exception cref="HybridException">What the last host that was tried said, or that the deadline came.</exception>
    public async Task<EmbedReply> EmbedAsync(EmbedRequest request, PoolCall call, CancellationToken cancellation)
    {
        var reply = await CallAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, request, call, cancellation);
        return reply.Count == request.Inputs.Count ? reply : throw Misfit(request.Inputs.Count, reply.Count);
    }

    /// <inheritdoc cref="EmbedAsync"/>
    public async Task<RerankReply> RerankAsync(RerankRequest request, PoolCall call, CancellationToken cancellation)
    {
        var reply = await CallAsync<RerankRequest, RerankReply>(TaskRoutes.Rerank, request, call, cancellation);
        return reply.Scores.Count == request.Passages.Count ? reply : throw Misfit(request.Passages.Count, reply.Scores.Count);
    }

    /// <inheritdoc cref="EmbedAsync"/>
    public Task<GenerateReply> GenerateAsync(GenerateRequest request, PoolCall call, CancellationToken cancellation) =>
        CallAsync<GenerateRequest, GenerateReply>(TaskRoutes.Generate, request, call, cancellation);

    /// <inheritdoc cref="EmbedAsync"/>
    public Task<InferReply> InferAsync(InferRequest request, PoolCall call, CancellationToken cancellation) =>
        CallAsync<InferRequest, InferReply>(TaskRoutes.Infer, request, call, cancellation);

    /// <summary>Every model version that some host serves, in ordinal order; hosts that do not answer are left out.</summary>
    /// <exception cref="HybridException">No host answered.</exception>
    public async Task<IReadOnlyList<ModelInfo>> ModelsAsync(PoolCall call, CancellationToken cancellation)
    {
        using var scope = call.Deadline.Cancellation(cancellation);
        var outcomes = await Task.WhenAll(_state.Snapshot.Candidates.Select(
            host => ExchangeAsync(host, () => _transport.GetAsync<ModelList>(host, TaskRoutes.Models, call, scope.Token), scope, call)));
        var models = outcomes
            .Where(outcome => outcome.Succeeded)
            .SelectMany(outcome => outcome.Reply!.Models)
            .DistinctBy(model => (model.Name, model.Version))
            .OrderBy(model => model.Name, StringComparer.Ordinal)
            .ThenBy(model => model.Version)
            .ToList();
        return outcomes.Any(outcome => outcome.Succeeded) ? models : throw new HybridException(outcomes[0].Error!);
    }

    private async Task<TReply> CallAsync<TRequest, TReply>(string route, TRequest request, PoolCall call, CancellationToken cancellation)
        where TRequest : IWire<TRequest>
        where TReply : class, IWire<TReply>
    {
        var body = Wire.Encode(request);
        using var scope = call.Deadline.Cancellation(cancellation);
        var tried = new List<GpuHost>();
        while (true)
        {
            var host = PowerOfTwoChoices.Pick(_state.Snapshot.Candidates, tried, Random.Shared);
            var outcome = await ExchangeAsync(host, () => _transport.PostAsync<TReply>(host, route, body, call, scope.Token), scope, call);
            if (outcome.Succeeded)
            {
                return outcome.Reply;
            }

            tried.Add(host);
            Log.AttemptFailed(_logger, route, host.Address, tried.Count, outcome.Error.Code, outcome.Error.Message);
            if (!outcome.Error.Code.IsTransient() || tried.Count >= _options.MaxAttempts)
            {
                throw new HybridException(outcome.Error);
            }

            // Another host is asked at once; one that failed already gets time to recover.
            if (_state.Snapshot.Candidates.All(tried.Contains))
            {
                await WaitAsync(outcome.Error, tried.Count, scope, call.Deadline);
            }
        }
    }

    private static HybridException Misfit(int asked, int answered) =>
        new(ErrorCode.Internal, $"A GPU host answered {answered} of {asked} items.");

    private static async Task<Outcome<TReply>> ExchangeAsync<TReply>(
        GpuHost host, Func<Task<Outcome<TReply>>> exchange, DeadlineCancellation scope, PoolCall call)
        where TReply : class
    {
        host.Begin();
        try
        {
            return await exchange();
        }
        catch (OperationCanceledException) when (scope.IsTimeout)
        {
            return call.Deadline.Exceeded("The request");
        }
        finally
        {
            host.End();
        }
    }

    /// <exception cref="HybridException">The wait would end after the deadline: then the error itself is the better answer.</exception>
    private async Task WaitAsync(Error error, int failures, DeadlineCancellation scope, Deadline deadline)
    {
        var delay = RetryDelay.Compute(failures, error.RetryAfter, Random.Shared.NextDouble());
        if (delay >= deadline.Left)
        {
            throw new HybridException(error);
        }

        try
        {
            await Task.Delay(delay, _time, scope.Token);
        }
        catch (OperationCanceledException) when (scope.IsTimeout)
        {
            throw new HybridException(error);
        }
    }
}
