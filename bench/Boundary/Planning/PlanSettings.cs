namespace Hybrid.Planning;

/// <summary>What a host is set to: the three settings that the boundary depends on.</summary>
/// <param name="MaxBatchSize"><c>Batching:MaxBatchRequests</c>.</param>
/// <param name="DelayMicroseconds"><c>Batching:MaxQueueDelayMicroseconds</c>.</param>
/// <param name="Instances"><c>Execution:InstanceCount</c>.</param>
public sealed record PlanSettings(int MaxBatchSize, int DelayMicroseconds, int Instances);

/// <summary>What such a host does with requests of one item each that come at random at a rate.</summary>
/// <param name="OfferedPerSecond">Arrivals.</param>
/// <param name="AnsweredPerSecond">Answers to what came in the counted time, over the time until the last of them: past saturation less than arrivals.</param>
/// <param name="Mean">Seconds from arrival to answer.</param>
/// <param name="P50">Likewise.</param>
/// <param name="P99">Likewise.</param>
/// <param name="BatchSize">Items of a batch, on average.</param>
public sealed record Prediction(double OfferedPerSecond, double AnsweredPerSecond, double Mean, double P50, double P99, double BatchSize);
