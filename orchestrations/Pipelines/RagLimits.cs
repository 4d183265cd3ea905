namespace Hybrid.Orchestrations.Pipelines;

/// <summary>
/// Bounds of a run that no configuration lifts. They keep what goes through an orchestration's history (the question, ids
/// and scores, one vector, and at the end the answer with its sources) below the 256 KiB that every backend takes inline.
/// </summary>
public static class RagLimits
{
    public const int MaxQuestionBytes = 8192;

    public const int MaxTopK = 50;

    public const int MaxTopN = 8;

    public const int MaxTokens = 4096;

    public static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);
}
