using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Hosting;

/// <summary>Our limits on the web server. Header sizes, header time and data rates are Kestrel's own defaults, which cut slow clients off.</summary>
public sealed class ServerLimits(IOptions<GpuHostOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = options.Value.MaxRequestBodySize;
        server.Limits.MaxConcurrentConnections = options.Value.MaxConnections;
    }
}
