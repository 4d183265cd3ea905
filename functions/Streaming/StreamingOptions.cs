using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Streaming;

/// <summary>Answers that are sent while they are made; section <c>Streaming</c>.</summary>
public sealed class StreamingOptions
{
    public const string Section = "Streaming";

    /// <value>
    /// How long a stream may be silent before a comment is sent into it; 100 ms to 2 min, default 15 s, as the specification of
    /// server-sent events advises: proxies keep the connection, and one whose client is gone is noticed.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <value>
    /// How long a client may take nothing of a stream before it is cut off, so that its answer's making stops; 100 ms to 2 min, default
    /// 10 s: the buffers between us hold some seconds of any text, and who reads at all empties them.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class StreamingOptionsValidator : IValidateOptions<StreamingOptions>;
