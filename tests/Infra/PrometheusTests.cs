using System.Text.RegularExpressions;
using Hybrid.Testing.Metrics;

namespace Hybrid.Infra.Tests;

/// <summary>The files for a Prometheus, held against its own judge and against the metrics that there are.</summary>
public sealed partial class PrometheusTests
{
    [Fact]
    public async Task Configuration_IsOneThatPrometheusTakes() =>
        Assert.Equal("", await Promtool.CheckFileAsync("config", RepositoryFiles.PathOf("infra/prometheus/prometheus.yml"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task Rules_AreOnesThatPrometheusTakes() =>
        Assert.Equal("", await Promtool.CheckFileAsync("rules", RepositoryFiles.PathOf("infra/prometheus/alerts.yml"), TestContext.Current.CancellationToken));

    // What is named there is shown by the real processes: tests/EndToEnd/Metrics.
    [Fact]
    public void Rules_AskForMetricsThatThereAre()
    {
        var documentation = RepositoryFiles.Read("docs/observability.md");
        var asked = MetricName().Matches(RepositoryFiles.Read("infra/prometheus/alerts.yml")).Select(match => match.Groups["name"].Value).Distinct().ToList();

        Assert.True(asked.Count >= 6, string.Join(", ", asked));
        Assert.DoesNotContain(asked, name => !documentation.Contains($"`{name}`", StringComparison.Ordinal));
    }

    // Followed by a matcher, a range or a comparison; labels are not.
    [GeneratedRegex(@"(?<name>(hybrid|http|gen_ai|cache)_[a-z_]+?)(_bucket|_count|_sum)?(\{|\[| ==)")]
    private static partial Regex MetricName();
}
