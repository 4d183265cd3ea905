using System.Diagnostics;
using System.Reflection;
using Hybrid.LocalHost.Durable.Engine;
using Hybrid.LocalHost.Durable.Storage;
using Hybrid.LocalHost.Durable.Tracing;
using Hybrid.LocalHost.Invocation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Triggers.Activities;

/// <summary>Activity functions.</summary>
internal sealed class ActivityTriggers(TaskRegistry registry, FunctionInvoker invoker, DataConverter converter) : ITriggerKind
{
    public Type AttributeType => typeof(ActivityTriggerAttribute);

    public string BindingType => "activityTrigger";

    public ParameterBinder? Bind(ParameterInfo parameter, ParameterInfo trigger, Attribute attribute)
    {
        if (parameter == trigger)
            return static context => context.TriggerValue;
        // The Functions host gives an activity its orchestration's id under this name.
        return parameter.ParameterType == typeof(string) && parameter.Name == "instanceId"
            ? static context => context.BindingContext.BindingData["instanceId"]
            : null;
    }

    public void Add(LocalFunction function)
    {
        var name = ((ActivityTriggerAttribute)function.Trigger).Activity ?? function.Name;
        registry.AddActivity(name, (activity, cancellationToken) => RunAsync(function, activity, cancellationToken));
    }

    private async Task<string?> RunAsync(LocalFunction function, ActivityRow activity, CancellationToken cancellationToken)
    {
        var type = function.TriggerType;
        var input = type == typeof(FunctionContext) ? null : converter.Deserialize(activity.Input, type);
        if (input is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null)
            throw new InvalidOperationException($"Activity '{activity.Name}' was called without an input, but takes a {type}.");
        // The attempt's span where spans are made, else the task's: the trace goes on either way.
        var trace = Activity.Current is null ? activity.Trace : TraceHeaders.Current;
        var invocation = new Invocation.Invocation(input, cancellationToken)
        {
            BindingData = new Dictionary<string, object?> { ["instanceId"] = activity.InstanceId },
            TraceParent = trace.Parent,
            TraceState = trace.State,
        };
        return converter.Serialize(await invoker.InvokeAsync(function, invocation));
    }
}
