using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

internal static class ModelVersion
{
    /// <summary>The model and the version that a path means; version 0 where neither a version nor a label stands.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.ModelNotFound"/>: no number that a version can have, or a label that none has.</exception>
    public static (string Name, int Version) Of(ModelsState models, string name, string? version, string? label)
    {
        if (version is null)
        {
            return (name, label is null ? 0 : models.VersionOf(name, label));
        }

        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? (name, number)
            : throw new HybridException(ErrorCode.ModelNotFound, $"'{version}' is no version; versions are whole numbers from 1.", "version");
    }
}
