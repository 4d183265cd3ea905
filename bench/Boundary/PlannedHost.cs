using Hybrid.Contracts.Headers;
using Hybrid.Load;
using Hybrid.Planning;
using Hybrid.Stack;
using Hybrid.Stack.Serving;

namespace Hybrid.Bench.Boundary;

/// <summary>A real host with planned settings, and what it does at a rate.</summary>
internal sealed class PlannedHost(ServedProcess process) : IAsyncDisposable
{
    // More than are ever inside below saturation; past it they wait in the client, which counts the same.
    private const int Connections = 256;

    public Uri Url => process.Url;

    public static async Task<PlannedHost> StartAsync(
        StackOptions options,
        string models,
        string name,
        PlanSettings settings,
        Narrator narrator,
        CancellationToken cancellationToken,
        params KeyValuePair<string, string>[] further) => new(await ServedProcess.StartAsync(
            options,
            ServedProgram.GpuHost(
                options,
                name,
                0,
                [
                    new("Weights__Directory", models),
                    new("Batching__MaxBatchRequests", $"{settings.MaxBatchSize}"),
                    new("Batching__MaxQueueDelayMicroseconds", $"{settings.DelayMicroseconds}"),
                    new("Execution__InstanceCount", $"{settings.Instances}"),
                    new("Execution__IntraOpThreads", $"{ThreadsOf(settings.Instances)}"),

                    // The limiters are not what is measured.
                    new("Admission__Adaptive__MinConcurrency", $"{2 * Connections}"),
                    new("Admission__Adaptive__InitialConcurrency", $"{2 * Connections}"),
                    .. further,
                ]),
            narrator,
            cancellationToken));

    /// <summary>The cores shared out.</summary>
    public static int ThreadsOf(int instances) => Math.Max(1, Environment.ProcessorCount / instances);

    public Task<LoadResult> LoadAsync(string model, int tokens, double perSecond, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
    {
        var body = ServiceMeasurement.EmbedBody(model, 1, tokens);
        var request = PreparedRequest.Post(Url, TaskRoutes.Embed, MediaTypes.MessagePack, body, 1, new KeyValuePair<string, string>(HybridHeaders.BudgetMs, "60000"));
        var plan = new LoadPlan(Url, [request]) { Connections = Connections, Arrivals = ArrivalRate.Poisson(perSecond, seed: 1), WarmUp = warmUp, Duration = duration };
        return LoadClient.RunAsync(plan, cancellationToken);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
