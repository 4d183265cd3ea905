using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Requests;

/// <summary>Limits of HTTP requests; section <c>Requests</c>.</summary>
public sealed class RequestOptions
{
    public const string Section = "Requests";

    /// <value>Largest body in bytes; 1 KiB to 25 MiB, default 4 MiB. The worker itself refuses 30,000,000 bytes, and less kindly.</value>
    [Range(1024, 25 << 20)]
    public int MaxBodyBytes { get; set; } = 4 << 20;

    /// <value>Time of a request that says nothing in <c>x-budget-ms</c>; 100 ms to 200 s, default 60 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:03:20")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <value>Most time that <c>x-budget-ms</c> can ask for; 100 ms to 200 s, default 200 s: the ingress drops silent responses after some 230 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:03:20")]
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromSeconds(200);
}

[OptionsValidator]
internal sealed partial class RequestOptionsValidator : IValidateOptions<RequestOptions>;

internal sealed class RequestTimeoutsValidator : IValidateOptions<RequestOptions>
{
    public ValidateOptionsResult Validate(string? name, RequestOptions options) =>
        options.Timeout <= options.MaxTimeout
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Requests:Timeout is {options.Timeout}, more than Requests:MaxTimeout = {options.MaxTimeout}.");
}
