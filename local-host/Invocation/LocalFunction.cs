using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.LocalHost.Invocation;

/// <summary>One function of the functions assembly, ready to run.</summary>
/// <param name="definition">What middleware sees of it.</param>
/// <param name="trigger">The attribute on its trigger's parameter.</param>
/// <param name="triggerParameter">That parameter.</param>
/// <param name="binders">How each parameter gets its value, in order.</param>
/// <param name="method">The compiled method.</param>
internal sealed class LocalFunction(
    LocalFunctionDefinition definition, Attribute trigger, ParameterInfo triggerParameter, IReadOnlyList<ParameterBinder> binders, CompiledMethod method)
{
    public string Name => definition.Name;

    public FunctionDefinition Definition => definition;

    public Attribute Trigger => trigger;

    public Type TriggerType => triggerParameter.ParameterType;

    /// <summary>Binds the parameters and runs the function.</summary>
    /// <returns>Its result; null for none.</returns>
    public ValueTask<object?> InvokeAsync(LocalFunctionContext context)
    {
        var arguments = new object?[binders.Count];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = binders[i](context);
        return method.InvokeAsync(context.InstanceServices, arguments);
    }
}

/// <summary>Gives one parameter its value for one invocation.</summary>
internal delegate object? ParameterBinder(LocalFunctionContext context);
