using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost;

/// <summary>Everything that this host logs. Event ids are stable: 10xx device, 11xx weights, 12xx models, 13xx requests.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Models run on {Device} ({Why})")]
    public static partial void DeviceChosen(ILogger logger, ExecutionDevice device, string why);

    [LoggerMessage(1002, LogLevel.Information, "Threads that compute for {Device} keep to its NUMA node {Node}: processors {Processors}")]
    public static partial void NodeChosen(ILogger logger, ExecutionDevice device, int node, string processors);

    [LoggerMessage(1003, LogLevel.Warning, "{Device} is on NUMA node {Node}, none of whose processors this process may use: its threads go where they like")]
    public static partial void NodeOutOfReach(ILogger logger, ExecutionDevice device, int node);

    [LoggerMessage(1004, LogLevel.Information, "{Model} runs with {Instances} instances of {Threads} threads: the best of {Measured} (measured in {Milliseconds:0} ms; Execution:InstanceCount and Execution:IntraOpThreads fix it)")]
    public static partial void PlanChosen(ILogger logger, ModelId model, int instances, int threads, string measured, double milliseconds);

    [LoggerMessage(1005, LogLevel.Information, "{Model} computes batches of up to {Tokens} tokens: the best of {Measured} (Batching:MaxBatchTokens fixes it)")]
    public static partial void BatchTokensChosen(ILogger logger, ModelId model, int tokens, string measured);

    [LoggerMessage(1006, LogLevel.Information, "The optimized form of {Model} is kept: {Bytes} bytes, made in {Milliseconds:0} ms (Execution:KeepOptimized)")]
    public static partial void OptimizedKept(ILogger logger, string model, long bytes, double milliseconds);

    [LoggerMessage(1007, LogLevel.Warning, "The optimized form of {Model} is not kept, and the model is opened as it came: {Why}")]
    public static partial void OptimizedNotKept(ILogger logger, string model, string why);

    [LoggerMessage(1101, LogLevel.Information, "Staged {Model}: {Bytes} bytes in {Milliseconds:0} ms, of which {Fetched} were fetched now; all verified")]
    public static partial void ModelStaged(ILogger logger, ModelId model, long bytes, double milliseconds, long fetched);

    [LoggerMessage(1102, LogLevel.Warning, "Download of {What}, try {Attempt}: {Why}; it is tried again")]
    public static partial void DownloadRetried(ILogger logger, string what, int attempt, string why);

    [LoggerMessage(1103, LogLevel.Warning, "{Model}/{File} in the cache is broken; the version is staged anew")]
    public static partial void CachedFileBroken(ILogger logger, ModelId model, string file);

    [LoggerMessage(1107, LogLevel.Warning, "{Model}/{File} came broken: its sha256 is not the manifest's; it is fetched once more")]
    public static partial void FileBroken(ILogger logger, ModelId model, string file);

    [LoggerMessage(1105, LogLevel.Warning, "{Model} changed while it was staged ({Why}); its staging begins anew")]
    public static partial void VersionChanged(ILogger logger, ModelId model, string why);

    [LoggerMessage(1106, LogLevel.Information, "{Model} left the cache: {Bytes} bytes made room")]
    public static partial void CacheEvicted(ILogger logger, ModelId model, long bytes);

    [LoggerMessage(1108, LogLevel.Warning, "The model source does not answer ({Why}): {Versions} versions that it had last are served, as far as they are on this machine; it is asked again")]
    public static partial void SourceRecalled(ILogger logger, string why, int versions);

    [LoggerMessage(1104, LogLevel.Warning, "The model source cannot be listed, try {Attempt}: {Why}; it is tried again")]
    public static partial void SourceRetried(ILogger logger, int attempt, string why);

    [LoggerMessage(1201, LogLevel.Information, "Serving {Model} for {Task} on {Device}, loaded in {Milliseconds:0} ms")]
    public static partial void ModelPublished(ILogger logger, ModelId model, ModelTask task, ExecutionDevice device, double milliseconds);

    [LoggerMessage(1202, LogLevel.Error, "{Model} is not served: {Why}")]
    public static partial void ModelFailed(ILogger logger, ModelId model, string why, Exception exception);

    [LoggerMessage(1203, LogLevel.Information, "{Model} is unloaded")]
    public static partial void ModelUnloaded(ILogger logger, ModelId model);

    [LoggerMessage(1204, LogLevel.Error, "{Model} could not be unloaded cleanly")]
    public static partial void ModelUnloadFailed(ILogger logger, ModelId model, Exception exception);

    [LoggerMessage(1205, LogLevel.Warning, "The model source holds no model, try {Attempt}; it is asked again")]
    public static partial void NoModels(ILogger logger, int attempt);

    [LoggerMessage(1206, LogLevel.Information, "{Model} has its own configuration: batches of up to {MaxBatchSize}, {Levels} priority levels")]
    public static partial void ConfigurationRead(ILogger logger, ModelId model, int maxBatchSize, int levels);

    [LoggerMessage(1207, LogLevel.Warning, "The configuration of {Model} has fields that are not read here: {Fields}")]
    public static partial void ConfigurationIgnored(ILogger logger, ModelId model, string fields);

    [LoggerMessage(1208, LogLevel.Warning, "{Model} is not served, try {Attempt}: {Why}; it is tried again in {Seconds:0.#} s")]
    public static partial void ModelRetried(ILogger logger, ModelId model, int attempt, string why, double seconds);

    [LoggerMessage(1209, LogLevel.Warning, "The labels of {Model} are left as they were: {Why}")]
    public static partial void LabelsUnreadable(ILogger logger, string model, string why);

    [LoggerMessage(1210, LogLevel.Warning, "The config.pbtxt beside the versions of {Model} is not followed: {Why}")]
    public static partial void PolicyUnreadable(ILogger logger, string model, string why);

    [LoggerMessage(1220, LogLevel.Information, "{Canary} gets {Percent} % of the requests that name no version, beside {Stable}")]
    public static partial void CanaryBegun(ILogger logger, ModelId canary, int percent, ModelId stable);

    [LoggerMessage(1221, LogLevel.Information, "{Canary} answers in place of {Stable}: {Why}")]
    public static partial void CanaryPromoted(ILogger logger, ModelId canary, ModelId stable, string why);

    [LoggerMessage(1222, LogLevel.Warning, "{Canary} is rolled back, {Stable} answers alone: {Why}")]
    public static partial void CanaryRolledBack(ILogger logger, ModelId canary, ModelId stable, string why);

    [LoggerMessage(1230, LogLevel.Information, "{Name} is unloaded to make room for {Model}: {Bytes} bytes; it is loaded again when it is asked for")]
    public static partial void ModelParked(ILogger logger, string name, ModelId model, long bytes);

    [LoggerMessage(1301, LogLevel.Error, "{Path} failed, request {RequestId}")]
    public static partial void RequestFailed(ILogger logger, string path, string requestId, Exception exception);

    [LoggerMessage(1302, LogLevel.Information, "Draining: not ready any more, {Running} requests are running")]
    public static partial void Draining(ILogger logger, int running);

    [LoggerMessage(1304, LogLevel.Warning, "The time to finish is over: {Running} requests are cut off")]
    public static partial void CutOff(ILogger logger, int running);

    [LoggerMessage(1303, LogLevel.Warning, "{Model} takes no requests for now but probes: most took over {SlowMs:0} ms, where {HealthyMs:0} ms are normal")]
    public static partial void LimiterOpened(ILogger logger, ModelId model, double slowMs, double healthyMs);
}
