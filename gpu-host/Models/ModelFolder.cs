using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Models;

/// <summary>Reads a version's folder: our own layout, or a Hugging Face Optimum export as it comes.</summary>
public static class ModelFolder
{
    // Where exporters put the graph: Triton and Optimum at the top, the Hugging Face hub below onnx/.
    private static readonly string[] OnnxFiles = ["model.onnx", "onnx/model.onnx"];

    // What BERT-like encoders were trained with, for a folder that names no length.
    private const int UsualMaxTokens = 512;

    /// <summary>The graph's file.</summary>
    /// <exception cref="InvalidDataException">None of the known names is there.</exception>
    public static string FindOnnx(string folder) =>
        OnnxFiles.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new InvalidDataException($"The folder has none of {string.Join(", ", OnnxFiles)}.");

    public static bool HasOnnx(string folder) => OnnxFiles.Any(file => File.Exists(Path.Combine(folder, file)));

    /// <exception cref="InvalidDataException">A file is missing or unreadable.</exception>
    public static ModelDescription Describe(ModelId id, string folder, ModelSignature signature)
    {
        var config = ModelConfig.Read<ModelConfig.Transformer>(folder, "config.json");
        var task = TaskOf(signature, config);
        return new ModelDescription(
            id,
            folder,
            FindOnnx(folder),
            task,
            task == ModelTask.Infer ? 0 : MaxTokensOf(folder, config),
            task == ModelTask.Embed ? DimensionsOf(signature, config) : 0,
            task == ModelTask.Embed ? PoolingOf(folder, signature) : Pooling.None,
            task == ModelTask.Generate ? EosIdsOf(folder, config) : []);
    }

    /// <summary>What a model is for shows in its signature; the configuration only settles what a graph leaves open.</summary>
    public static ModelTask TaskOf(ModelSignature signature, ModelConfig.Transformer? config)
    {
        if (signature.Inputs.Any(input => input.Name.StartsWith("past_key_values.", StringComparison.Ordinal)))
        {
            return ModelTask.Generate;
        }

        if (!EncoderInputs.Fit(signature))
        {
            return ModelTask.Infer;
        }

        if (EncoderOutput.Of(signature) is not null)
        {
            return ModelTask.Embed;
        }

        return signature.Output("logits") is { Shape: [_, var labels] } && (labels == 1 || (labels < 0 && config?.Labels?.Count == 1))
            ? ModelTask.Rerank
            : ModelTask.Infer;
    }

    private static int MaxTokensOf(string folder, ModelConfig.Transformer? config)
    {
        var tokenizer = ModelConfig.Read<ModelConfig.Tokenizer>(folder, "tokenizer_config.json")?.MaxLength;
        int?[] limits =
        [
            config?.MaxPositions ?? config?.GptPositions,
            tokenizer is > 0 and <= int.MaxValue ? (int)tokenizer : null,
            ModelConfig.Read<ModelConfig.SentenceTransformer>(folder, "sentence_bert_config.json")?.MaxLength,
        ];
        return limits.Where(limit => limit > 0).Min() ?? UsualMaxTokens;
    }

    private static int DimensionsOf(ModelSignature signature, ModelConfig.Transformer? config) =>
        EncoderOutput.Of(signature) is { Shape: [.., > 0 and var length] }
            ? (int)length
            : config?.HiddenSize ?? throw new InvalidDataException("Neither the graph nor config.json says how long an embedding is.");

    private static Pooling PoolingOf(string folder, ModelSignature signature)
    {
        if (EncoderOutput.Of(signature) is { Shape.Count: 2 })
        {
            return Pooling.None;
        }

        // Without the file sentence-transformers takes the mean, and so do we.
        return ModelConfig.Read<ModelConfig.PoolingLayer>(folder, "1_Pooling/config.json") switch
        {
            null or { Mean: true, Cls: false, Max: false, LastToken: false } => Pooling.Mean,
            { Cls: true, Mean: false, Max: false, LastToken: false } => Pooling.Cls,
            { Max: true, Mean: false, Cls: false, LastToken: false } => Pooling.Max,
            { LastToken: true, Mean: false, Cls: false, Max: false } => Pooling.LastToken,
            _ => throw new InvalidDataException("1_Pooling/config.json names no pooling mode, or one (or several at once) that is not served: mean, cls, max or lasttoken."),
        };
    }

    private static IReadOnlyList<int> EosIdsOf(string folder, ModelConfig.Transformer? config)
    {
        var generation = ModelConfig.Read<ModelConfig.Generation>(folder, "generation_config.json");
        return generation is not null && ModelConfig.Ids(generation.EosIds) is { Count: > 0 } ids
            ? ids
            : config is null ? [] : ModelConfig.Ids(config.EosIds);
    }
}
