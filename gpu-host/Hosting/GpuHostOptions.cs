using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Hosting;

/// <summary>The HTTP server. Section <c>Host</c>.</summary>
public sealed class GpuHostOptions : IValidatableObject
{
    public const string Section = "Host";

    /// <summary>Where to listen; port 0 takes a free one, and the log's line <c>Now listening on:</c> says which.</summary>
    /// <value>Default <c>http://127.0.0.1:8090</c>: only this machine, until someone decides otherwise.</value>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:8090";

    /// <summary>Largest request body in bytes; over it the answer is 413.</summary>
    /// <value>1 KiB to 1 GiB; default 8 MiB: 256 texts of 32 KiB each.</value>
    [Range(1 << 10, 1 << 30)]
    public int MaxRequestBodySize { get; set; } = 8 << 20;

    /// <summary>Most open connections.</summary>
    /// <value>1 to 100000; default 1024: a pool of functions hosts keeps some tens.</value>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 1024;

    /// <summary>How long a client may take to send a request's headers; then it is cut off.</summary>
    /// <value>1 s to 5 minutes; default 15 s, as local-host has it: a slow header costs a connection and buys nothing.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RequestHeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>From the word to stop until new work is refused; meanwhile the host says that it is not ready, and its callers go elsewhere.</summary>
    /// <value>Default 0: for one machine. Behind a load balancer, as long as its health checks need.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;

    /// <summary>How long requests inside may then go on; what is left of them is answered 503.</summary>
    /// <value>Default 20 seconds: with the drain delay and the last words it has to end before an orchestrator kills, 30 seconds in Kubernetes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(20);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            yield return new ValidationResult($"{nameof(Url)} '{Url}' is no http address such as http://127.0.0.1:8090.", [nameof(Url)]);
        }
    }
}
