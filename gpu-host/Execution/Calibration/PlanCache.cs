using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hybrid.GpuHost.Weights;
using Hybrid.GpuHost.Weights.Cache;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution.Calibration;

/// <summary>
/// Keeps what a calibration found, beside the staged weights, so that neither a restart nor a new version of the same model measures again. An
/// entry is for files of these sizes, since what a run costs depends on how many weights there are and not on their values, on this machine with
/// these settings and this runtime; it is only ever a help, so one that cannot be read or written is none.
/// </summary>
public sealed class PlanCache(IOptions<WeightsOptions> weights)
{
    private readonly string _folder = Path.Combine(weights.Value.CacheDirectory, ".calibration");

    public ExecutionPlan? Find(string modelPath, IReadOnlyList<ExecutionPlan> candidates)
    {
        try
        {
            var path = PathOf(modelPath, candidates);
            return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllBytes(path), PlanCacheJson.Default.ExecutionPlan) is var plan && candidates.Contains(plan with { BatchTokens = 0 })
                ? plan
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Keep(string modelPath, IReadOnlyList<ExecutionPlan> candidates, ExecutionPlan plan)
    {
        try
        {
            WholeFile.Write(PathOf(modelPath, candidates), JsonSerializer.SerializeToUtf8Bytes(plan, PlanCacheJson.Default.ExecutionPlan));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start measures again.
        }
    }

    private string PathOf(string modelPath, IReadOnlyList<ExecutionPlan> candidates)
    {
        var key = new StringBuilder().AppendJoin(';', candidates).Append('|').Append(OrtEnv.Instance().GetVersionString()).Append('|').Append(Processor.Name);
        foreach (var file in new DirectoryInfo(Path.GetDirectoryName(modelPath)!).GetFiles(Path.GetFileName(modelPath) + "*").OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            key.Append(CultureInfo.InvariantCulture, $"|{file.Name}:{file.Length}");
        }

        return Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())))[..32] + ".json");
    }
}

[JsonSerializable(typeof(ExecutionPlan))]
internal sealed partial class PlanCacheJson : JsonSerializerContext;
