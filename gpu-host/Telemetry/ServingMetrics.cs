using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>What the versions in memory hold and get, by model and version.</summary>
internal static class ServingMetrics
{
    public static void Register(Meter meter, Func<ModelsSnapshot> current)
    {
        meter.CreateObservableGauge(
            "hybrid.host.queue.length",
            () => current().Loaded.Select(model => model.Metrics.Observe(model.QueueLength)),
            "{item}",
            "Items that wait for the device or run on it.");
        meter.CreateObservableGauge(
            "hybrid.host.buffers.lent",
            () => current().Loaded.Select(model => model.Metrics.Observe(model.LentBuffers)),
            "{buffer}",
            "Buffers with results that are not written yet.");
        meter.CreateObservableGauge(
            "hybrid.host.prompt.queue.length",
            () => current().Loaded.SelectMany(model => model.PromptQueues.Select(stage => model.Metrics.Observe(stage.Value, stage.Key))),
            "{request}",
            "Requests that wait for a stage of the prompt pipeline or are in it.");
        meter.CreateObservableGauge(
            "hybrid.host.traffic.share",
            () => current().Serving.Values.SelectMany(served => served.Versions.Values.Select(model => model.Metrics.Observe(served.ShareOf(model)))),
            unit: null,
            description: "How much of a model's requests that name no version goes to this one, 0 to 1.");
        LimiterMetrics.Register(meter, () => current().Loaded);
    }
}
