using System.Text.Json;
using System.Text.Json.Serialization;
using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Models;

/// <summary>
/// Which versions of a model carry a label: <c>&lt;model&gt;/labels.json</c>, beside the versions. Publishers write it, hosts read it
/// when they look for new versions. Every field is optional; without the document the highest version that is served is stable.
/// </summary>
/// <param name="Stable">The version that answers whoever asks for none. Null: the highest that is served, the canary left out.</param>
/// <param name="Canary">The version on trial. Null: none is.</param>
/// <param name="CanaryPercent">How many of 100 requests that ask for no version go to the canary. 0: only those that ask for its label.</param>
/// <param name="Previous">What was stable before the last promotion: where a rollback goes. Hosts need not know.</param>
public sealed record ModelLabels(
    [property: JsonPropertyName("stable")] int? Stable = null,
    [property: JsonPropertyName("canary")] int? Canary = null,
    [property: JsonPropertyName("canary_percent")] int CanaryPercent = 0,
    [property: JsonPropertyName("previous")] int? Previous = null)
{
    public const string FileName = "labels.json";

    /// <summary>No document of ours comes near; whoever reads one from outside stops here.</summary>
    public const int MaxBytes = 4096;

    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>, saying what is wrong.</exception>
    public static ModelLabels Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var labels = JsonSerializer.Deserialize(json, LabelsJson.Default.ModelLabels);
            return (labels is null ? "it is null" : labels.Fault()) is { } fault
                ? throw new HybridException(ErrorCode.Unprocessable, $"labels.json cannot be followed: {fault}.")
                : labels!;
        }
        catch (JsonException exception)
        {
            throw new HybridException(new Error(ErrorCode.Unprocessable, $"labels.json is not readable: {exception.Message}"), exception);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LabelsJson.Default.ModelLabels);

    /// <summary>What is wrong with these labels; null: nothing.</summary>
    private string? Fault() =>
        Stable < 1 || Canary < 1 || Previous < 1 ? "versions are whole numbers from 1"
        : CanaryPercent is < 0 or > 100 ? $"canary_percent is {CanaryPercent}, and takes 0 to 100"
        : Canary is null && CanaryPercent > 0 ? "canary_percent stands without canary"
        : Canary is { } canary && canary == Stable ? $"version {canary} is both stable and canary"
        : null;
}

[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ModelLabels))]
internal sealed partial class LabelsJson : JsonSerializerContext;
