using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>The GPU hosts and how they are spoken to; section <c>GpuPool</c>.</summary>
public sealed class GpuPoolOptions
{
    public const string Section = "GpuPool";

    /// <summary>Where a gpu-host listens unless it is told otherwise.</summary>
    public static readonly Uri DefaultHost = new("http://127.0.0.1:8090");

    /// <value>Base addresses (<c>GpuPool:Hosts:0</c>, <c>:1</c>, …), http or https without a path; none: <see cref="DefaultHost"/> alone.</value>
    public IList<Uri> Hosts { get; } = [];

    /// <value>How often each host is asked whether it is ready; 50 ms to 1 min, default 1 s: a host that comes back is used within a second.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>
    /// How long a host may take to say so; 50 ms to 1 min, default 750 ms: health routes do no work, and with the interval it
    /// bounds how long calls wait on a host that froze.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromMilliseconds(750);

    /// <value>How long a connection may take to open; 10 ms to 1 min, default 1 s: hosts are in the same network.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>How long a reply that has begun may pause; 100 ms to 1 min, default 2 s: hosts write a reply in one go.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ReplyStallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <value>
    /// Most tries of one call, the first among them; 1 to 10, default 3: more would feed an overload. A host that is tried for
    /// the first time and turns out to be gone does not count: that costs nobody any work.
    /// </value>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <value>
    /// Failures in a row after which a host gets no calls; 1 to 1000, default 5, Envoy's <c>consecutive_5xx</c>: fewer happen by
    /// chance, more are seen by more callers.
    /// </value>
    [Range(1, 1000)]
    public int BreakerFailures { get; set; } = 5;

    /// <value>
    /// How long a host must have answered none of its calls when these failures are only that others answered sooner; 0 to 1 min,
    /// default 1 s: a pause of its runtime is over by then, and to leave it out for a pause would cost more.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan BreakerSilence { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>
    /// How long a host whose breaker opened gets no calls at least, doubled each time that its trial fails; 100 ms to 10 min, default 1 s: as often as
    /// health is asked for, which has to be good before the trial.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan BreakerBreak { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>Where the doubling ends; 100 ms to 1 h, default 30 s: a repaired host is back half a minute later at the latest.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan BreakerLongestBreak { get; set; } = TimeSpan.FromSeconds(30);

    /// <value>
    /// Second tries on another host while the first still runs, as a share of all calls; 0 (none) to 0.5, default 0.1: a hedge
    /// after the 95th percentile needs 0.05, the rest is for the moment in which a host freezes.
    /// </value>
    [Range(0, 0.5)]
    public double HedgeShare { get; set; } = 0.1;

    /// <value>How long a first try is left alone at least; 1 ms to 1 min, default 20 ms: below that a second one costs more than it saves.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan HedgeFloor { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <value>Largest reply in bytes; 1 KiB to 1 GiB, default 64 MiB: 2,048 embeddings of 4,096 dimensions are 32 MiB.</value>
    [Range(1024, 1 << 30)]
    public int MaxReplyBytes { get; set; } = 64 << 20;

    internal IEnumerable<Uri> HostsOrDefault => Hosts.Count == 0 ? [DefaultHost] : Hosts;
}

[OptionsValidator]
internal sealed partial class GpuPoolOptionsValidator : IValidateOptions<GpuPoolOptions>;

/// <summary>What the ranges cannot say: every address is one that a host can have, and stands there once.</summary>
internal sealed class GpuPoolHostsValidator : IValidateOptions<GpuPoolOptions>
{
    public ValidateOptionsResult Validate(string? name, GpuPoolOptions options)
    {
        var errors = options.Hosts
            .Where(host => !IsHost(host))
            .Select(host => $"GpuPool:Hosts holds '{host}': needed is http(s)://host:port without a path, user or query.")
            .Concat(options.Hosts
                .GroupBy(host => host)
                .Where(group => group.Count() > 1)
                .Select(group => $"GpuPool:Hosts holds '{group.Key}' {group.Count()} times."))
            .ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsHost(Uri uri) =>
        uri is { IsAbsoluteUri: true, AbsolutePath: "/", Query: "", UserInfo: "", Fragment: "" }
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
