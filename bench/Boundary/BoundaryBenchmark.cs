using System.Globalization;
using Hybrid.Models;
using Hybrid.Planning;
using Hybrid.Stack;

namespace Hybrid.Bench.Boundary;

/// <summary>
/// Plans a host: measures S(b), looks in simulated time for what rate which settings hold inside a p99, and holds the plan against the real
/// host below, at and past the knee.
/// </summary>
internal sealed class BoundaryBenchmark : IBenchmark
{
    private const int CurvePoints = 24;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    private string _model = "";
    private string _models = "";
    private string _file = "";
    private int _tokens;
    private int _instances;
    private int _maxBatch;
    private double _p99;
    private double _rate;

    public string Name => "boundary";

    public string Summary =>
        "what rate a model holds: batch size, delay and instances for a p99, the knee, and a plot [--model bench-embed --models DIR --tokens 32 --p99 100 (ms) --rate R (1/s) --instances 2 --batch 32 --out boundary.svg]";

    public void Configure(BenchOptions options)
    {
        _model = options.Text("model", "bench-embed");
        _models = options.Text("models", "");
        _file = options.Text("out", "boundary.svg");
        _tokens = Whole("tokens", 32, 8192);
        _instances = Whole("instances", Math.Min(2, Environment.ProcessorCount), 64);
        _maxBatch = Whole("batch", 32, 256);
        _p99 = options.Number("p99", 100) / 1000;
        _rate = options.Text("rate", "").Length == 0 ? 0 : options.Number("rate", 1);
        if (_models.Length > 0 && !Directory.Exists(Path.Combine(_models, _model)))
        {
            throw new FormatException($"--models {_models} has no folder '{_model}'.");
        }

        if (_models.Length == 0 && !BenchModels.Names.Contains(_model))
        {
            throw new FormatException($"--model '{_model}' is none of {string.Join(", ", BenchModels.Names)}; for one of your own say --models DIR too.");
        }

        int Whole(string name, int otherwise, int most) => options.Number(name, otherwise) is var number && number <= most && number == Math.Floor(number)
            ? (int)number
            : throw new FormatException($"--{name} takes a whole number from 1 to {most}.");
    }

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var options = folder.Options;
        var narrator = new Narrator(output);
        var models = _models;
        if (models.Length == 0)
        {
            models = folder.Models;
            await BenchModels.WriteAsync(models, [_model], narrator, cancellationToken);
        }

        var (services, overhead) = await MeasureAsync(options, models, narrator, cancellationToken);
        var planner = new CapacityPlanner(services, _p99 - overhead);
        var plans = planner.Plans();
        var best = CapacityPlanner.Best(plans);
        PlanReport.Write(output, services, plans, overhead);
        if (best.MaxRate == 0)
        {
            throw new InvalidOperationException(Text($"No settings hold a p99 of {_p99 * 1000:0} ms: one run alone takes {services.Min(service => service.SecondsOf(1)) * 1000:0.0} ms and the rest of a request {overhead * 1000:0.0} ms."));
        }

        var knee = planner.Knee(best.Settings);
        PlanReport.Recommend(output, best, planner, _rate, _p99, overhead, knee, PlannedHost.ThreadsOf(best.Settings.Instances));
        return await ValidateAsync(options, models, best, services[best.Settings.Instances - 1], knee, overhead, narrator, cancellationToken);
    }

    private async Task<(List<ServiceTimes> Services, double Overhead)> MeasureAsync(
        StackOptions options, string models, Narrator narrator, CancellationToken cancellationToken)
    {
        var services = new List<ServiceTimes>();
        var overhead = 0.0;
        for (var instances = 1; instances <= _instances; instances++)
        {
            // With a preferred size idle instances do not share a request: it is one batch.
            await using var host = await PlannedHost.StartAsync(
                options, models, $"measured-{instances}", new PlanSettings(_maxBatch, 0, instances), narrator, cancellationToken, new KeyValuePair<string, string>("Batching__PreferredBatchSize__0", $"{_maxBatch}"));
            var (service, beside) = await ServiceMeasurement.MeasureAsync(host.Url, _model, _tokens, instances, _maxBatch, cancellationToken);
            services.Add(service);
            overhead = instances == 1 ? beside : overhead;
        }

        return (services, overhead);
    }

    private async Task<IReadOnlyDictionary<string, double>> ValidateAsync(
        StackOptions options, string models, CapacityPlan plan, ServiceTimes service, double knee, double overhead, Narrator narrator, CancellationToken cancellationToken)
    {
        var figures = new Dictionary<string, double>
        {
            ["knee_per_s"] = knee, ["max_rate_at_p99"] = plan.MaxRate, ["saturation_per_s"] = plan.SaturationPerSecond,
            ["max_batch"] = plan.Settings.MaxBatchSize, ["delay_us"] = plan.Settings.DelayMicroseconds, ["instances"] = plan.Settings.Instances,
        };
        var measured = new List<ChartPoint>();
        await using var host = await PlannedHost.StartAsync(options, models, "planned", plan.Settings, narrator, cancellationToken);
        foreach (var (name, rate) in new[] { ("below", 0.5 * knee), ("knee", knee), ("past", 1.2 * plan.SaturationPerSecond) })
        {
            var predicted = Predict(rate);
            var begin = TimeProvider.System.GetTimestamp();
            var seen = await host.LoadAsync(_model, _tokens, rate, WarmUp, Duration, cancellationToken);

            // As the prediction counts: 2xx answers until the last one, however late it came.
            var answered = seen.Answered / (TimeProvider.System.GetElapsedTime(begin) - WarmUp).TotalSeconds;
            var p99 = seen.Latency.Percentile(0.99).TotalMilliseconds;
            measured.Add(new ChartPoint(rate, answered, p99));
            narrator.Report(Text($"{name,-6} {rate,6:0}/s: answered {predicted.AnsweredPerSecond,6:0}/s predicted, {answered,6:0}/s measured; p99 {predicted.P99Ms,7:0.0} ms predicted, {p99,7:0.0} ms measured; {seen}"));
            figures["predicted_vs_measured_rate_" + name] = predicted.AnsweredPerSecond / answered;
            figures["predicted_vs_measured_p99_" + name] = predicted.P99Ms / p99;
        }

        (figures["predicted_vs_measured_rate"], figures["predicted_vs_measured_p99"]) = (figures["predicted_vs_measured_rate_knee"], figures["predicted_vs_measured_p99_knee"]);
        var curve = Enumerable.Range(1, CurvePoints).Select(i => Predict(1.25 * plan.SaturationPerSecond * i / CurvePoints)).ToList();
        var title = Text($"{_model}, {_tokens} tokens: batch {plan.Settings.MaxBatchSize}, delay {plan.Settings.DelayMicroseconds} µs, instances {plan.Settings.Instances}");
        await File.WriteAllTextAsync(_file, new CapacityChart(title, curve, measured, knee, maxP99Ms: 3 * _p99 * 1000).ToSvg(), cancellationToken);
        narrator.Report($"plot: {_file}");
        return figures;

        ChartPoint Predict(double rate) =>
            QueueSimulation.Run(service, plan.Settings, rate, WarmUp.TotalSeconds, Duration.TotalSeconds) is var point
                ? new ChartPoint(rate, point.AnsweredPerSecond, (point.P99 + overhead) * 1000)
                : default;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
