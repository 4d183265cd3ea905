using Hybrid.Contracts.Tasks;

namespace Hybrid.Functions.OpenAi;

/// <summary>The answer of <c>GET /v1/models</c>.</summary>
internal sealed record ModelListReply(string Object, IReadOnlyList<ModelReply> Data)
{
    public static ModelListReply Of(IReadOnlyList<ModelInfo> models) => new("list", ModelReply.Newest(models));
}

/// <summary>A model, in OpenAI's fields and a few of ours.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Object">Always <c>model</c>.</param>
/// <param name="Created">Always 0: the pool does not know when a version was made.</param>
/// <param name="OwnedBy">Always <c>hybrid</c>.</param>
/// <param name="Version">The highest version that is served.</param>
/// <param name="Task"><c>embed</c>, <c>rerank</c>, <c>generate</c> or <c>infer</c>.</param>
/// <param name="MaxTokens">Longest input in tokens.</param>
/// <param name="Dimensions">Length of an embedding; 0 for other tasks.</param>
internal sealed record ModelReply(
    string Id, string Object, long Created, string OwnedBy, int Version, string Task, int MaxTokens, int Dimensions)
{
    /// <summary>One entry a name: several versions are served while one replaces another.</summary>
    public static IReadOnlyList<ModelReply> Newest(IReadOnlyList<ModelInfo> models) =>
        [.. models.GroupBy(model => model.Name).Select(versions => Of(versions.MaxBy(model => model.Version)!))];

    private static ModelReply Of(ModelInfo model) => new(
        model.Name, "model", 0, "hybrid", model.Version, Name(model.Task), model.MaxTokens, model.Dimensions);

    private static string Name(ModelTask task) => task switch
    {
        ModelTask.Embed => "embed",
        ModelTask.Rerank => "rerank",
        ModelTask.Generate => "generate",
        _ => "infer",
    };
}
