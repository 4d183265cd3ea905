using Hybrid.Orchestrations.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Hybrid.Functions.Telemetry;

/// <summary>Measures every attempt of an activity.</summary>
internal sealed class ActivityMetricsMiddleware(RunMetrics metrics, TimeProvider time) : IFunctionsWorkerMiddleware
{
    private const string ActivityTrigger = "activityTrigger";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == ActivityTrigger) ? MeasureAsync(context, next) : next(context);

    private async Task MeasureAsync(FunctionContext context, FunctionExecutionDelegate next)
    {
        var begin = time.GetTimestamp();
        Exception? failure = null;
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            metrics.ActivityEnded(context.FunctionDefinition.Name, time.GetElapsedTime(begin), failure);
        }
    }
}
