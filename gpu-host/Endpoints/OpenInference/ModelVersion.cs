using System.Globalization;
using Hybrid.Contracts.Errors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

internal static class ModelVersion
{
    /// <summary>The version in a path; 0 where none stands.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.ModelNotFound"/>: no number that a version can have.</exception>
    public static int Of(string? version)
    {
        if (version is null)
        {
            return 0;
        }

        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new HybridException(ErrorCode.ModelNotFound, $"'{version}' is no version; versions are whole numbers from 1.", "version");
    }
}
