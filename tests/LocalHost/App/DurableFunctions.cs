using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.TestApp;

/// <param name="Steps">How many activities run, one after another.</param>
/// <param name="Log">A file to which each writes a line.</param>
public sealed record StepsInput(int Steps, string Log);

public sealed record Step(int Number, string Log);

public sealed class DurableFunctions(Recorder recorder)
{
    [Function(nameof(Steps))]
    public async Task<int> Steps([OrchestrationTrigger] TaskOrchestrationContext context, StepsInput input)
    {
        var sum = 0;
        for (var number = 1; number <= input.Steps; number++)
        {
            sum += await context.CallActivityAsync<int>(nameof(DoStep), new Step(number, input.Log));
            if (!context.IsReplaying)
                recorder.Add($"step {number}");
        }
        return sum;
    }

    [Function(nameof(DoStep))]
    public static async Task<int> DoStep([ActivityTrigger] Step step, string instanceId, CancellationToken cancellation)
    {
        await File.AppendAllTextAsync(step.Log, $"{instanceId} {step.Number}\n", cancellation);
        return step.Number;
    }
}
