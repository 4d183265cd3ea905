using System.Collections.Concurrent;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Hybrid.Testing;

/// <summary>A real server on loopback that speaks the hosts' wire form and does what a test tells it to.</summary>
public sealed class FakeGpuHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile TaskCompletionSource? _thaw;

    private FakeGpuHost(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>What the health route says.</summary>
    public bool IsReady { get; set; } = true;

    /// <summary>From now on every request is taken and nothing is said, until the host thaws.</summary>
    public void Freeze() => _thaw ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw()
    {
        _thaw?.TrySetResult();
        _thaw = null;
    }

    /// <summary>Every request to a task route, in its order.</summary>
    public ConcurrentQueue<Seen> Requests { get; } = [];

    /// <summary>Requests whose client went away before the answer.</summary>
    public ConcurrentQueue<string> Aborted { get; } = [];

    public static async Task<FakeGpuHost> StartAsync(Uri? address = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address?.ToString() ?? "http://127.0.0.1:0");
        var host = new FakeGpuHost(builder.Build());
        host._app.Use(async (http, next) =>
        {
            if (host._thaw is { } thaw)
            {
                await thaw.Task.WaitAsync(http.RequestAborted);
            }

            await next(http);
        });
        host._app.UseRouting();
        host._app.MapGet(TaskRoutes.Ready, (HttpContext http) => http.Response.StatusCode = host.IsReady ? 200 : 503);
        await host._app.StartAsync();
        host.Address = new Uri(host._app.Urls.Single());
        return host;
    }

    /// <summary>Answers a task route with what a function makes of the request.</summary>
    public FakeGpuHost On<TRequest, TReply>(string route, Func<TRequest, TReply> answer)
        where TRequest : IWire<TRequest>
        where TReply : IWire<TReply> => On<TRequest, TReply>(route, request => Task.FromResult(answer(request)));

    /// <inheritdoc cref="On{TRequest, TReply}(string, Func{TRequest, TReply})"/>
    public FakeGpuHost On<TRequest, TReply>(string route, Func<TRequest, Task<TReply>> answer)
        where TRequest : IWire<TRequest>
        where TReply : IWire<TReply> => OnRaw(route, async (http, body) =>
        {
            var reply = await answer(Wire.Decode<TRequest>(body));
            http.Response.ContentType = MediaTypes.MessagePack;
            await http.Response.Body.WriteAsync(Wire.Encode(reply));
        });

    /// <summary>Answers with frames, each of which leaves at once; the function's token ends when the client goes away.</summary>
    public FakeGpuHost Streams(Func<GenerateRequest, CancellationToken, IAsyncEnumerable<GenerateFrame>> answer) => OnRaw(TaskRoutes.GenerateStream, async (http, body) =>
    {
        await foreach (var frame in answer(Wire.Decode<GenerateRequest>(body), http.RequestAborted))
        {
            if (!http.Response.HasStarted)
            {
                http.Response.ContentType = MediaTypes.MessagePackFrames;
            }

            Frames.Write(http.Response.BodyWriter, frame);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    });

    /// <summary>Answers a task route with an error.</summary>
    public FakeGpuHost Fails(string route, Error error) => OnRaw(route, (_, _) => throw new HybridException(error));

    /// <summary>Answers a task route in any way at all.</summary>
    public FakeGpuHost OnRaw(string route, Func<HttpContext, byte[], Task> answer)
    {
        _app.Map(route, async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            Requests.Enqueue(new Seen(route, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            try
            {
                await answer(http, body.ToArray());
            }
            catch (HybridException exception)
            {
                http.Response.StatusCode = exception.Error.Code.ToStatus();
                http.Response.ContentType = MediaTypes.MessagePack;
                await http.Response.Body.WriteAsync(Wire.Encode(exception.Error));
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                Aborted.Enqueue(route);
            }
        });
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>A request that a host saw.</summary>
public sealed record Seen(string Route, IReadOnlyDictionary<string, string> Headers);
