namespace Hybrid.Contracts.Tasks;

/// <summary>What a model is for; decides which task route takes it.</summary>
public enum ModelTask
{
    /// <summary>Raw tensors only.</summary>
    Infer = 0,
    Embed = 1,
    Rerank = 2,
    Generate = 3,
}

/// <summary>One served version of a model.</summary>
/// <param name="Name">The folder name in the model repository.</param>
/// <param name="Version">The version folder, a whole number from 1.</param>
/// <param name="Task">What it does.</param>
/// <param name="MaxTokens">Longest input (and, for generation, input plus output) in tokens; 0 for <see cref="ModelTask.Infer"/>.</param>
/// <param name="Dimensions">Length of one embedding; 0 for other tasks.</param>
public sealed partial record ModelInfo(string Name, int Version, ModelTask Task, int MaxTokens, int Dimensions);

/// <summary>What a host serves and on what.</summary>
/// <param name="Device"><c>cuda:0</c> or <c>cpu</c>.</param>
/// <param name="Models">In ordinal order of their names.</param>
public sealed partial record ModelList(string Device, IReadOnlyList<ModelInfo> Models);
