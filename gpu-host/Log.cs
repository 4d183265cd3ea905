using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost;

/// <summary>Everything that this host logs. Event ids are stable: 10xx device, 11xx weights, 12xx models, 13xx requests.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Models run on {Device} ({Why})")]
    public static partial void DeviceChosen(ILogger logger, ExecutionDevice device, string why);
}
