using System.Net.Http.Json;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.EndToEnd.Tests.Tracing.Otlp;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests.Tracing;

/// <summary>A stack of its own, with the handbook in it, that sends its telemetry to a receiver of its own.</summary>
public sealed class TracedStack : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    public LocalStack Stack { get; private set; } = null!;

    public ApiCalls Api { get; private set; } = null!;

    internal OtlpReceiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        var narrator = new Narrator(Console.Error);
        Stack = await LocalStack.StartAsync(_folder.Options with { Settings = Receiver.Settings }, narrator, CancellationToken.None);
        Api = new ApiCalls(Stack.LocalHost.Url, Stack.ApiKey);
        await Handbook.IndexAsync(Api, narrator, CancellationToken.None);
    }

    /// <summary>Posts as the caller's span; what it causes belongs to that span's trace.</summary>
    internal async Task<HttpResponseMessage> PostAsync(string path, object body, Caller caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { { "traceparent", caller.TraceParent } } };
        var response = await Api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return response;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Stack.DisposeAsync();
        await Receiver.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Somebody outside, in a span of their own.</summary>
internal sealed class Caller
{
    public string TraceId { get; } = System.Diagnostics.ActivityTraceId.CreateRandom().ToHexString();

    public string SpanId { get; } = System.Diagnostics.ActivitySpanId.CreateRandom().ToHexString();

    public string TraceParent => $"00-{TraceId}-{SpanId}-01";
}
