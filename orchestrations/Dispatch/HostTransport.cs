using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>One exchange with one host: a request goes out, a reply or an error comes back. No retries here.</summary>
internal sealed class HostTransport : IDisposable
{
    private readonly HttpClient _http;
    private readonly GpuPoolOptions _options;
    private readonly TimeProvider _time;

    public HostTransport(IOptions<GpuPoolOptions> options, TimeProvider time)
    {
        _time = time;
        _options = options.Value;
        _http = new HttpClient(CreateHandler(_options)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Posts an encoded task.</summary>
    /// <param name="host">To whom.</param>
    /// <param name="route">One of <see cref="TaskRoutes"/>.</param>
    /// <param name="body">The request's wire form.</param>
    /// <param name="call">What goes with it.</param>
    /// <param name="cancellation">Ends at the call's deadline, or with its caller.</param>
    public async Task<Outcome<TReply>> PostAsync<TReply>(
        GpuHost host, string route, ReadOnlyMemory<byte> body, PoolCall call, CancellationToken cancellation)
        where TReply : class, IWire<TReply>
    {
        using var request = Post(host, route, body);
        return await ExchangeAsync<TReply>(host, request, call, cancellation);
    }

    /// <summary>Posts an encoded task whose reply comes in parts, and waits for the first of them.</summary>
    /// <inheritdoc cref="PostAsync"/>
    public async Task<Outcome<HostStream>> OpenAsync(
        GpuHost host, string route, ReadOnlyMemory<byte> body, PoolCall call, CancellationToken cancellation)
    {
        using var request = Post(host, route, body);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendAsync(host, request, call, cancellation);
            if (!response.IsSuccessStatusCode || !ReplyBody.IsFrames(response.Content))
            {
                return TransportErrors.FromResponse(response, await ReadAsync(response, cancellation));
            }

            var stream = await HostStream.OpenAsync(response, cancellation);
            response = null;
            return stream;
        }
        catch (Exception exception) when (TransportErrors.From(exception) is { } failure)
        {
            return failure;
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>Gets what a host tells about itself.</summary>
    public async Task<Outcome<TReply>> GetAsync<TReply>(GpuHost host, string route, PoolCall call, CancellationToken cancellation)
        where TReply : class, IWire<TReply>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, route));
        return await ExchangeAsync<TReply>(host, request, call, cancellation);
    }

    /// <summary>Whether the host says that it is ready.</summary>
    public async Task<bool> IsReadyAsync(GpuHost host, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync(
                new Uri(host.Address, TaskRoutes.Ready), HttpCompletionOption.ResponseHeadersRead, cancellation);
            Heard(host, response);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private static readonly MediaTypeHeaderValue MessagePack = new(MediaTypes.MessagePack);

    private static SocketsHttpHandler CreateHandler(GpuPoolOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        // A host that was replaced behind its name is found again after this long.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        // The hosts bound their work themselves and answer 429; a bound here would only hide a queue.
        MaxConnectionsPerServer = int.MaxValue,
        // The headers are written here, from the attempt's span: HttpClient would put one of its own between it and the host.
        ActivityHeadersPropagator = null,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        // Who leaves a reply in its midst closes the connection at once: that is how the host learns that it may stop.
        MaxResponseDrainSize = 0,
    };

    private static HttpRequestMessage Post(GpuHost host, string route, ReadOnlyMemory<byte> body) => new(HttpMethod.Post, new Uri(host.Address, route))
    {
        Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = MessagePack } },
    };

    private async Task<Outcome<TReply>> ExchangeAsync<TReply>(
        GpuHost host, HttpRequestMessage request, PoolCall call, CancellationToken cancellation)
        where TReply : class, IWire<TReply>
    {
        try
        {
            using var response = await SendAsync(host, request, call, cancellation);
            var body = await ReadAsync(response, cancellation);
            return response.IsSuccessStatusCode && ReplyBody.IsMessagePack(response.Content)
                ? Wire.Decode<TReply>(body)
                : TransportErrors.FromResponse(response, body);
        }
        catch (Exception exception) when (TransportErrors.From(exception) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>Ends with the headers of the response.</summary>
    private async Task<HttpResponseMessage> SendAsync(GpuHost host, HttpRequestMessage request, PoolCall call, CancellationToken cancellation)
    {
        // HTTP/1.1: a connection each, so that no reply waits behind another one's bytes.
        request.Version = System.Net.HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.Add(HybridHeaders.BudgetMs, Math.Max(1, (long)call.Deadline.Left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(HybridHeaders.RequestId, call.RequestId);
        request.Headers.Add(HybridHeaders.Tenant, call.Tenant);
        if (call.Priority > 0)
        {
            request.Headers.Add(HybridHeaders.Priority, call.Priority.ToString(CultureInfo.InvariantCulture));
        }

        DistributedContextPropagator.Current.Inject(Activity.Current, request.Headers, static (headers, name, value) =>
            ((HttpRequestHeaders)headers!).TryAddWithoutValidation(name, value));
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        Heard(host, response);
        return response;
    }

    private Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        ReplyBody.ReadAsync(response.Content, _options.MaxReplyBytes, _options.ReplyStallTimeout, _time, cancellation);

    // Any answer at all is a sign of life, and tells how much work the host has.
    private static void Heard(GpuHost host, HttpResponseMessage response)
    {
        host.Heard();
        if (response.Headers.NonValidated.TryGetValues(HybridHeaders.HostInFlight, out var values)
            && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var inFlight))
        {
            host.Reported(inFlight);
        }
    }
}
