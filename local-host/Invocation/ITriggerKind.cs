using System.Reflection;

namespace Hybrid.LocalHost.Invocation;

/// <summary>A kind of trigger that this host serves. One folder in Triggers/ holds what belongs to it.</summary>
internal interface ITriggerKind
{
    /// <summary>The attribute that marks the trigger's parameter.</summary>
    Type AttributeType { get; }

    /// <summary>The binding type under which a Functions host knows it, for <c>FunctionDefinition.InputBindings</c>.</summary>
    string BindingType { get; }

    /// <returns>Null when a parameter of this kind of function cannot be that.</returns>
    ParameterBinder? Bind(ParameterInfo parameter, ParameterInfo trigger, Attribute attribute);

    /// <summary>Takes a function whose every parameter is bound.</summary>
    void Add(LocalFunction function);
}
