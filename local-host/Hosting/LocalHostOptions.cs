using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Hosting;

/// <summary>Configuration section <c>LocalHost</c>: the listener.</summary>
internal sealed class LocalHostOptions
{
    public const string Section = "LocalHost";

    /// <summary>Where to listen. Port 0 takes any free port; the log says which.</summary>
    /// <value>Default http://127.0.0.1:7071: the port of <c>func start</c>, and loopback only.</value>
    [Required]
    [Url]
    public string Url { get; set; } = "http://127.0.0.1:7071";

    /// <summary>Longest request body, in bytes.</summary>
    /// <value>1 KiB to 1 GiB. Default 30,000,000, as in a Functions worker; the functions set smaller limits of their own.</value>
    [Range(1024, 1 << 30)]
    public long MaxRequestBodyBytes { get; set; } = 30_000_000;

    /// <summary>Longest sum of a request's headers, in bytes.</summary>
    /// <value>1 KiB to 1 MiB. Default 32 KiB, Kestrel's.</value>
    [Range(1024, 1 << 20)]
    public int MaxRequestHeadersBytes { get; set; } = 32 * 1024;

    /// <summary>How long a client may take to send a request's headers.</summary>
    /// <value>1 s to 5 minutes. Default 15 s: half of Kestrel's, since a slow header costs a connection and buys nothing.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RequestHeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Open connections.</summary>
    /// <value>1 to 100,000. Default 2,000.</value>
    [Range(1, 100_000)]
    public long MaxConnections { get; set; } = 2000;

    /// <summary>How long a stop may take: requests, messages and activities that run get this long.</summary>
    /// <value>0 to 10 minutes. Default 30 s, as on a Functions host.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class LocalHostOptionsValidator : IValidateOptions<LocalHostOptions>;
