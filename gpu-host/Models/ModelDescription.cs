using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Models;

/// <summary>What a model's folder and graph say about it: all that the task paths need to know, read once at load.</summary>
/// <param name="Id">Name and version.</param>
/// <param name="Folder">Where its files are on this machine.</param>
/// <param name="OnnxPath">The graph.</param>
/// <param name="Task">What it does.</param>
/// <param name="MaxTokens">Longest sequence; 0 for <see cref="ModelTask.Infer"/>.</param>
/// <param name="Dimensions">Length of one embedding; 0 for other tasks.</param>
/// <param name="Pooling">How token vectors become one vector.</param>
/// <param name="EosIds">Tokens that end a generated text; empty when the folder names none.</param>
public sealed record ModelDescription(
    ModelId Id,
    string Folder,
    string OnnxPath,
    ModelTask Task,
    int MaxTokens,
    int Dimensions,
    Pooling Pooling,
    IReadOnlyList<int> EosIds)
{
    public ModelInfo ToInfo() => new(Id.Name, Id.Version, Task, MaxTokens, Dimensions);
}
