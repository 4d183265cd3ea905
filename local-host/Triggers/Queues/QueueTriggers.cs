using System.Reflection;
using Azure.Storage.Queues.Models;
using Hybrid.LocalHost.Invocation;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>Queue functions. Each gets a <see cref="QueueListener"/> of its own.</summary>
internal sealed class QueueTriggers : ITriggerKind
{
    private readonly List<LocalFunction> _functions = [];

    public Type AttributeType => typeof(QueueTriggerAttribute);

    public string BindingType => "queueTrigger";

    public IReadOnlyList<LocalFunction> Functions => _functions;

    public ParameterBinder? Bind(ParameterInfo parameter, ParameterInfo trigger, Attribute attribute)
    {
        if (parameter != trigger)
            return null;
        if (parameter.ParameterType == typeof(QueueMessage))
            return static context => context.TriggerValue;
        if (parameter.ParameterType == typeof(BinaryData))
            return static context => ((QueueMessage)context.TriggerValue!).Body;
        if (parameter.ParameterType == typeof(byte[]))
            return static context => ((QueueMessage)context.TriggerValue!).Body.ToArray();
        return parameter.ParameterType == typeof(string) ? static context => ((QueueMessage)context.TriggerValue!).Body.ToString() : null;
    }

    public void Add(LocalFunction function) => _functions.Add(function);
}
