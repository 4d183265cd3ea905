using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Hybrid.GpuHost.Hosting;

/// <summary>Our limits on the web server. Header sizes (32 KiB) and body rates (240 bytes/s) are Kestrel's own defaults.</summary>
public static class ServerLimits
{
    public static void Apply(GpuHostOptions options, KestrelServerOptions server)
    {
        server.AddServerHeader = false;

        // The server refuses a limit below 1 with a message of its own; ours, which names the setting, comes a moment later.
        server.Limits.MaxRequestBodySize = Math.Max(1, options.MaxRequestBodySize);
        server.Limits.MaxConcurrentConnections = Math.Max(1, options.MaxConnections);
        server.Limits.RequestHeadersTimeout = options.RequestHeadersTimeout > TimeSpan.Zero ? options.RequestHeadersTimeout : TimeSpan.FromSeconds(1);
    }
}
