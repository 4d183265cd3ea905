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

    /// <value>How long a host may take to say so; 50 ms to 1 min, default 2 s: health routes do no work.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <value>How long a connection may take to open; 10 ms to 1 min, default 1 s: hosts are in the same network.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>Most tries of one call, the first among them; 1 to 10, default 3: more would feed an overload.</value>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

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
