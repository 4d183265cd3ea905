namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the worker tells its host about itself; here there is no such host, and nobody reads it.</summary>
public class WorkerOptions
{
    public IDictionary<string, string> Capabilities { get; } = new Dictionary<string, string>();
}
