using System.Globalization;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models.Lifecycle;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>
/// Finds and reads the configuration of a model: <c>config.pbtxt</c> in the version's folder, where it is staged and verified with the rest, else
/// beside the version's folder, where Triton has it.
/// </summary>
public sealed class ModelConfigurations(IOptions<BatchingOptions> batching, DeviceProbe device, ILogger<ModelConfigurations> logger)
{
    public const string FileName = "config.pbtxt";

    /// <summary>Of a configuration, which has some kilobytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <param name="id">The version.</param>
    /// <param name="folder">Where its files are.</param>
    /// <exception cref="InvalidDataException">There is one, and it cannot be served; the message names every fault.</exception>
    public ModelConfiguration Read(ModelId id, string folder)
    {
        if (Text(id, folder) is not { } text)
        {
            return ModelConfiguration.Of(batching.Value.ToSettings(), maxBatchSize: null, instances: null, batching.Value);
        }

        var configuration = new ModelConfigurationReader(batching.Value, device.Device).Read(id, text, FileName, out var ignored);
        Log.ConfigurationRead(logger, id, configuration.Batching.MaxBatchSize, configuration.Batching.Levels.Count);
        if (ignored.Count > 0)
        {
            Log.ConfigurationIgnored(logger, id, string.Join(", ", ignored));
        }

        return configuration;
    }

    /// <summary>The policy in a configuration; null: it says nothing of it.</summary>
    /// <param name="id">Whose it is.</param>
    /// <param name="text">The configuration.</param>
    /// <exception cref="InvalidDataException">It cannot be served.</exception>
    public VersionPolicy? VersionPolicyIn(ModelId id, string text) =>
        new ModelConfigurationReader(batching.Value, device.Device).Read(id, text, FileName, out _).VersionPolicy;

    /// <summary>The configuration of a version as it stands there; null: it has none.</summary>
    /// <exception cref="InvalidDataException">It is too long for one.</exception>
    public static string? Text(ModelId id, string folder)
    {
        if (Find(id, folder) is not { } path)
        {
            return null;
        }

        return new FileInfo(path).Length <= MaxBytes
            ? File.ReadAllText(path)
            : throw new InvalidDataException($"{FileName} has more than {MaxBytes} bytes; a model configuration has some thousand.");
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
