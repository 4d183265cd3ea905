using System.Diagnostics.Metrics;
using Hybrid.Telemetry.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Hybrid.Telemetry.Exposition;

/// <summary>The Prometheus text of a process, at <c>/metrics</c>.</summary>
public static class MetricsExposition
{
    public const string Route = "/metrics";

    // OpenTelemetry gives the place of an instrument that has ended to another only when its end was told, and past the last place it is silent. A
    // model version has 15 of them, so where nobody asks for metrics its default of 1,000 would do for 66 versions. A place is 16 bytes.
    private const int MaxInstruments = 100_000;

    // What a meter of one thing, such as a version of a model, has of labels beside it: none, or a handful of stages or outcomes; of requests the
    // operation and the error. The room for series is taken when the instrument is made, and kept until it was told that the thing is gone.
    private const int MaxSeriesOfOne = 16;
    private const int MaxSeriesOfRequests = 64;
    private const string Requests = "gen_ai.server.request.duration";

    /// <summary>Memory, garbage collection and threads.</summary>
    internal const string RuntimeMeter = "System.Runtime";

    /// <summary>Shows the meters that the process registers with OpenTelemetry, the runtime's and those of <see cref="HttpMetricsMiddleware"/>.</summary>
    public static IServiceCollection AddMetricsExposition(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<MetricsOptions, MetricsRangesValidator>().BindConfiguration(MetricsOptions.Section);
        services.AddSingleton<IValidateOptions<MetricsOptions>, MetricsKeyValidator>().AddSingleton<HttpMetrics>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .SetMaxMetricStreams(MaxInstruments)
            .AddMeter(RuntimeMeter, HttpMetrics.MeterName)
            .AddPrometheusExporter(exporter =>
            {
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
            }));
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            var maxSeries = provider.GetRequiredService<IOptions<MetricsOptions>>().Value.MaxSeries;
            metrics.AddView(instrument => IsMisnamed(instrument) ? MetricStreamConfiguration.Drop : ViewOf(instrument, maxSeries));
        });
        return services;
    }

    /// <summary>Serves the route to whom <see cref="MetricsOptions"/> allow.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint(
                Route, meterProvider: null, branch => branch.UseMiddleware<MetricsAccessMiddleware>(), optionsName: null)
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));

    // Exceptions are only counted: a strange request may well be the first that some rare type is thrown for; which it was stands in the log.
    private static MetricStreamConfiguration ViewOf(Instrument instrument, int maxSeries) => instrument.Name == "dotnet.exceptions"
        ? new MetricStreamConfiguration { TagKeys = [] }
        : new MetricStreamConfiguration { CardinalityLimit = Math.Min(maxSeries, LimitOf(instrument)) };

    private static int LimitOf(Instrument instrument) =>
        instrument.Meter.Tags is null ? int.MaxValue : instrument.Name == Requests ? MaxSeriesOfRequests : MaxSeriesOfOne;

    // As gauges they would end in _count, which is how a histogram's parts are told: promtool refuses them.
    private static bool IsMisnamed(Instrument instrument) =>
        instrument.Meter.Name == RuntimeMeter && instrument.Name is "dotnet.assembly.count" or "dotnet.process.cpu.count" or "dotnet.timer.count";
}
