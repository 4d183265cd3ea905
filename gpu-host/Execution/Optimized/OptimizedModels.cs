using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Execution.Optimized;

/// <summary>
/// Says which file to open for a model. When it opens a graph, ONNX Runtime rewrites it and lays out the weights anew for the processor's kernels,
/// each time, in memory of each session. For a staged model of some size that is done once for each processor: the result is kept beside the model,
/// in files that every session maps. It is only ever a help: where it cannot be had, the model is opened as it came.
/// </summary>
public sealed class OptimizedModels(
    WeightsStaging staging,
    IOptions<WeightsOptions> weights,
    IOptions<ExecutionOptions> execution,
    DeviceProbe device,
    TimeProvider time,
    ILogger<OptimizedModels> logger)
{
    // Smaller ones open in an instant, and what their sessions have twice is not worth the files.
    private const long SmallestModel = 16 << 20;

    // The weights once more, once more as kernels want them, and what pads them.
    private const int SizesOfRoom = 3;

    private readonly string _cache = Path.TrimEndingDirectorySeparator(Path.GetFullPath(weights.Value.CacheDirectory)) + Path.DirectorySeparatorChar;

    /// <summary>The graph to open: the optimized one, which is made now where it is not there yet (some seconds for each GB), else the model's own.</summary>
    /// <param name="modelPath">The model's own graph. One outside of the cache of staged versions lies in somebody else's folder, and is opened as it is.</param>
    public string PathFor(string modelPath)
    {
        if (!execution.Value.KeepOptimized || device.Device.Provider != ExecutionProvider.Cpu || VersionFolderOf(modelPath) is not { } folder)
        {
            return modelPath;
        }

        try
        {
            var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, ModelManifest.FileName)));
            var size = manifest.Files.Sum(file => file.Size);
            var form = new OptimizedForm(folder, manifest);
            if (size < SmallestModel || form.IsRefused)
            {
                return modelPath;
            }

            return form.IsWhole(weights.Value.VerifyCache) || TryMake(form, modelPath, folder, SizesOfRoom * size) ? form.GraphPath : modelPath;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HybridException or WeightsException)
        {
            Log.OptimizedNotKept(logger, NameOf(modelPath), exception.Message);
            return modelPath;
        }
    }

    private bool TryMake(OptimizedForm form, string modelPath, string folder, long bytes)
    {
        using var held = form.TryLock();
        if (held is null)
        {
            Log.OptimizedNotKept(logger, NameOf(modelPath), "another process is making it; it will be there at the next start");
            return false;
        }

        // Whoever had the lock before may have made it.
        if (form.IsWhole(weights.Value.VerifyCache))
        {
            return true;
        }

        using var room = staging.ReserveIn(folder, bytes);
        var begin = time.GetTimestamp();
        try
        {
            var kept = form.Make(partial => OptimizedGraph.Write(modelPath, partial));
            Log.OptimizedKept(logger, NameOf(modelPath), kept, time.GetElapsedTime(begin).TotalMilliseconds);
            return true;
        }
        catch (InvalidDataException exception)
        {
            form.Refuse(exception.Message);
            Log.OptimizedNotKept(logger, NameOf(modelPath), exception.Message);
            return false;
        }
    }

    // The graph lies there, or in a folder below. Null: it is not staged.
    private string? VersionFolderOf(string modelPath)
    {
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath)); folder?.StartsWith(_cache, StringComparison.Ordinal) == true; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, ModelManifest.FileName)))
            {
                return folder;
            }
        }

        return null;
    }

    private string NameOf(string modelPath) => Path.GetRelativePath(_cache, modelPath);
}
