using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Triggers.Http;

/// <summary>host.json's <c>extensions.http</c>.</summary>
internal sealed class HttpHostOptions
{
    public const string Section = "extensions:http";

    /// <summary>What stands before every route.</summary>
    /// <value>Default <c>api</c>, as on a Functions host.</value>
    public string RoutePrefix { get; set; } = "api";

    /// <summary>Requests that run at the same time; others wait.</summary>
    /// <value>1 to 100,000, or -1 for no limit. Default 100, as in the Consumption plans.</value>
    [Range(-1, 100_000)]
    public int MaxConcurrentRequests { get; set; } = 100;

    /// <summary>Requests that run or wait; one more is answered 429.</summary>
    /// <value>1 to 100,000, or -1 for no limit. Default 200, as in the Consumption plans.</value>
    [Range(-1, 100_000)]
    public int MaxOutstandingRequests { get; set; } = 200;
}

[OptionsValidator]
internal sealed partial class HttpHostOptionsValidator : IValidateOptions<HttpHostOptions>;
