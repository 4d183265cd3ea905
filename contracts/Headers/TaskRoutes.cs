namespace Hybrid.Contracts.Headers;

/// <summary>Where a GPU host takes task requests; all are POST with a MessagePack body.</summary>
public static class TaskRoutes
{
    public const string Embed = "/tasks/embed";
    public const string Rerank = "/tasks/rerank";
    public const string Generate = "/tasks/generate";

    /// <summary>Takes the same request as <see cref="Generate"/>, and answers with a <see cref="Tasks.GenerateFrame"/> for every part of the text as it is made.</summary>
    public const string GenerateStream = "/tasks/generate/stream";

    public const string Infer = "/tasks/infer";

    /// <summary>GET: the models that this host serves, as a <see cref="Tasks.ModelList"/>.</summary>
    public const string Models = "/tasks/models";

    /// <summary>GET: 200 when every model was tried and at least one serves (Open Inference Protocol v2).</summary>
    public const string Ready = "/v2/health/ready";

    /// <summary>GET: 200 while the process runs (Open Inference Protocol v2).</summary>
    public const string Live = "/v2/health/live";
}
