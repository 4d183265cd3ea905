using System.Reflection;
using Hybrid.LocalHost.Durable.Engine;
using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Invocation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Triggers.Orchestrations;

/// <summary>Orchestrator functions. The middleware runs around each turn, as in a Functions worker; the function itself runs inside the replay.</summary>
internal sealed class OrchestrationTriggers(TaskRegistry registry, FunctionInvoker invoker) : ITriggerKind
{
    public Type AttributeType => typeof(OrchestrationTriggerAttribute);

    public string BindingType => "orchestrationTrigger";

    // The one parameter beside the trigger that is nothing else is the orchestration's input.
    public ParameterBinder? Bind(ParameterInfo parameter, ParameterInfo trigger, Attribute attribute)
    {
        if (parameter == trigger)
            return parameter.ParameterType == typeof(TaskOrchestrationContext) ? static context => context.TriggerValue : null;
        if (parameter.GetCustomAttributes().Any(other => other is Microsoft.Azure.Functions.Worker.Extensions.Abstractions.BindingAttribute))
            return null;
        var read = typeof(OrchestrationTriggers)
            .GetMethod(nameof(ReadInput), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(parameter.ParameterType)
            .CreateDelegate<Func<TaskOrchestrationContext, object?>>();
        return context => read((TaskOrchestrationContext)context.TriggerValue!);
    }

    public void Add(LocalFunction function)
    {
        var name = ((OrchestrationTriggerAttribute)function.Trigger).Orchestration ?? function.Name;
        registry.AddOrchestrator(name, (turn, cancellationToken) => RunTurnAsync(function, turn, cancellationToken));
    }

    private Task<object?> RunTurnAsync(LocalFunction function, OrchestrationTurn turn, CancellationToken cancellationToken)
    {
        var invocation = new Invocation.Invocation(TriggerValue: null, cancellationToken)
        {
            BindingData = new Dictionary<string, object?> { ["instanceId"] = turn.Identity.InstanceId },
            TraceParent = turn.Identity.Trace.Parent,
            TraceState = turn.Identity.Trace.State,
            Execute = context =>
            {
                turn.Run(replay =>
                {
                    context.TriggerValue = replay;
                    return context.InvokeFunctionAsync().AsTask();
                });
                return Task.CompletedTask;
            },
        };
        return invoker.InvokeAsync(function, invocation);
    }

    private static object? ReadInput<T>(TaskOrchestrationContext context) => context.GetInput<T>();
}
