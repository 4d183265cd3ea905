using System.Globalization;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>
/// Finds and reads the configuration of a model: <c>config.pbtxt</c> in the version's folder, where it is staged and verified with the rest, else
/// beside the version's folder, where Triton has it.
/// </summary>
public sealed class ModelConfigurations(IOptions<BatchingOptions> batching, DeviceProbe device, ILogger<ModelConfigurations> logger)
{
    public const string FileName = "config.pbtxt";

    // A configuration has some kilobytes.
    private const int MaxBytes = 1 << 20;

    /// <param name="id">The version.</param>
    /// <param name="folder">Where its files are.</param>
    /// <exception cref="InvalidDataException">There is one, and it cannot be served; the message names every fault.</exception>
    public ModelConfiguration Read(ModelId id, string folder)
    {
        if (Find(id, folder) is not { } path)
        {
            return ModelConfiguration.Of(batching.Value.ToSettings(), maxBatchSize: null, instances: null, batching.Value);
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new InvalidDataException($"{FileName} has more than {MaxBytes} bytes; a model configuration has some thousand.");
        }

        var configuration = new ModelConfigurationReader(batching.Value, device.Device).Read(id, File.ReadAllText(path), FileName, out var ignored);
        Log.ConfigurationRead(logger, id, configuration.Batching.MaxBatchSize, configuration.Batching.Levels.Count);
        if (ignored.Count > 0)
        {
            Log.ConfigurationIgnored(logger, id, string.Join(", ", ignored));
        }

        return configuration;
    }

    private static string? Find(ModelId id, string folder)
    {
        var own = Path.Combine(folder, FileName);
        if (File.Exists(own))
        {
            return own;
        }

        // A model without a version folder lies beside other models: there nothing is this one's.
        var parent = Path.GetDirectoryName(Path.GetFullPath(folder));
        var isVersion = Path.GetFileName(folder) == id.Version.ToString(CultureInfo.InvariantCulture) && Path.GetFileName(parent) == id.Name;
        return isVersion && Path.Combine(parent!, FileName) is var beside && File.Exists(beside) ? beside : null;
    }
}
