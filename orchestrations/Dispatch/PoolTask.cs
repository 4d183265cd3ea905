using Hybrid.Contracts.Headers;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>
/// What the pool may be asked to do. Each is a computation without effects: to do it twice is safe, and only what is safe may
/// become one of these.
/// </summary>
/// <param name="Operation">OpenTelemetry's GenAI name of it where there is one.</param>
/// <param name="Route">Where hosts take it.</param>
/// <param name="IsHedged">
/// A late answer means a slow host, so that a second try elsewhere helps. Not so for generation: there a late answer is a long
/// one, and the second try would be as long.
/// </param>
internal sealed record PoolTask(string Operation, string Route, bool IsHedged)
{
    public static readonly PoolTask Embed = new("embeddings", TaskRoutes.Embed, IsHedged: true);
    public static readonly PoolTask Rerank = new("rerank", TaskRoutes.Rerank, IsHedged: true);
    public static readonly PoolTask Generate = new("chat", TaskRoutes.Generate, IsHedged: false);
    public static readonly PoolTask GenerateStream = new("chat", TaskRoutes.GenerateStream, IsHedged: false);
    public static readonly PoolTask Infer = new("infer", TaskRoutes.Infer, IsHedged: true);
    public static readonly PoolTask Models = new("models", TaskRoutes.Models, IsHedged: false);
}
