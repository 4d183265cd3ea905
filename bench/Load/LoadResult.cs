using System.Globalization;

namespace Hybrid.Load;

/// <summary>What became of the requests of one run, warm-up left out.</summary>
/// <param name="Latency">
/// From when each request was due (open loop) or sent (closed loop) to the last byte of a 2xx answer. A request that was never answered
/// counts with the time until it was given up; other statuses do not count: a quick refusal is no quick answer.
/// </param>
/// <param name="Window">How long was counted: the plan's duration (open loop), or from the last reply before it to the last one in it (closed loop).</param>
/// <param name="Answered">2xx answers.</param>
/// <param name="Work">What they were worth, see <see cref="PreparedRequest.Work"/>.</param>
/// <param name="Statuses">Answers by status.</param>
/// <param name="Failures">Requests without an answer, by reason.</param>
/// <param name="ClientCpu">CPU time of the client's thread over the whole run, warm-up too.</param>
/// <param name="Sent">Requests sent in the whole run, warm-up too.</param>
public sealed record LoadResult(
    Histogram Latency,
    TimeSpan Window,
    long Answered,
    double Work,
    IReadOnlyDictionary<int, long> Statuses,
    IReadOnlyDictionary<LoadFailure, long> Failures,
    TimeSpan ClientCpu,
    long Sent)
{
    public double PerSecond => Answered / Window.TotalSeconds;

    public double WorkPerSecond => Work / Window.TotalSeconds;

    /// <summary>Whatever was not answered 2xx.</summary>
    public long Errors => Failures.Values.Sum() + Statuses.Where(status => status.Key is < 200 or > 299).Sum(status => status.Value);

    /// <summary>One line: rate, latencies, and what went wrong.</summary>
    public override string ToString()
    {
        string[] wrong =
        [
            .. Statuses.Where(status => status.Key is < 200 or > 299).Select(status => $"status {status.Key}: {status.Value}"),
            .. Failures.Select(failure => $"{failure.Key}: {failure.Value}"),
        ];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{PerSecond:0.0}/s, p50 {Latency.Percentile(0.5).TotalMilliseconds:0.000} ms, p99 {Latency.Percentile(0.99).TotalMilliseconds:0.000} ms, max {Latency.Max.TotalMilliseconds:0.0} ms{(wrong.Length == 0 ? "" : "; " + string.Join(", ", wrong))}");
    }
}

/// <summary>Why a request has no answer.</summary>
public enum LoadFailure
{
    /// <summary>The server closed the connection or broke it off.</summary>
    Closed,

    /// <summary>The answer took longer than <see cref="LoadPlan.Timeout"/>.</summary>
    TimedOut,

    /// <summary>What came is not HTTP.</summary>
    Malformed,

    /// <summary>It was due, and still waited for a connection when the run ended.</summary>
    Unsent,
}
