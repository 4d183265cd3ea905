using System.Text.Json.Nodes;

namespace Hybrid.Models.Encoders;

/// <summary>The files by which sentence-transformers says what follows the transformer.</summary>
public static class SentenceTransformer
{
    public const string ModulesFile = "modules.json";
    public const string PoolingFile = "1_Pooling/config.json";

    public static JsonArray Modules() =>
    [
        Module(0, "", "Transformer"),
        Module(1, "1_Pooling", "Pooling"),
        Module(2, "2_Normalize", "Normalize"),
    ];

    public static JsonObject MeanPooling(int dimensions) => new()
    {
        ["word_embedding_dimension"] = dimensions,
        ["pooling_mode_cls_token"] = false,
        ["pooling_mode_mean_tokens"] = true,
        ["pooling_mode_max_tokens"] = false,
        ["pooling_mode_mean_sqrt_len_tokens"] = false,
    };

    private static JsonObject Module(int index, string path, string type) => new()
    {
        ["idx"] = index,
        ["name"] = $"{index}",
        ["path"] = path,
        ["type"] = $"sentence_transformers.models.{type}",
    };
}
