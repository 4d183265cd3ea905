using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Invocation;

/// <summary>Finds functions, once at start, and hands each to its trigger's kind. What cannot be served stops the start.</summary>
internal sealed class FunctionCatalog
{
    private readonly IReadOnlyList<ITriggerKind> _kinds;
    private readonly List<string> _errors = [];
    private readonly Dictionary<string, MethodInfo> _names = new(StringComparer.OrdinalIgnoreCase);

    private FunctionCatalog(IReadOnlyList<ITriggerKind> kinds) => _kinds = kinds;

    /// <returns>How many were found.</returns>
    /// <exception cref="FunctionDiscoveryException">Some cannot be served; the message has all of them.</exception>
    public static int Discover(IReadOnlyList<Type> types, IReadOnlyList<ITriggerKind> kinds)
    {
        var catalog = new FunctionCatalog(kinds);
        var methods = types
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .OrderBy(method => method.DeclaringType!.FullName, StringComparer.Ordinal).ThenBy(method => method.MetadataToken);
        var found = 0;
        foreach (var method in methods)
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } attribute)
                continue;
            catalog.Add(attribute.Name, method);
            found++;
        }
        if (catalog._errors.Count > 0)
            throw new FunctionDiscoveryException(catalog._errors);
        return found;
    }

    private void Add(string name, MethodInfo method)
    {
        if (!_names.TryAdd(name, method))
        {
            _errors.Add($"Function '{name}': {Place(method)} and {Place(_names[name])} have the same name.");
            return;
        }
        var triggers = method.GetParameters()
            .Select(parameter => (Parameter: parameter, Attribute: parameter.GetCustomAttribute<TriggerBindingAttribute>()))
            .Where(pair => pair.Attribute is not null)
            .ToList();
        if (triggers is not [var (trigger, triggerAttribute)])
        {
            _errors.Add($"Function '{name}' ({Place(method)}) has {triggers.Count} trigger parameters; it needs one.");
            return;
        }
        if (_kinds.FirstOrDefault(kind => kind.AttributeType == triggerAttribute!.GetType()) is not { } kind)
        {
            var known = string.Join(", ", _kinds.Select(one => Short(one.AttributeType)));
            _errors.Add($"Function '{name}', parameter '{trigger.Name}': local-host does not serve {Short(triggerAttribute!.GetType())}; it serves {known}.");
            return;
        }

        var binders = method.GetParameters().Select(parameter => Bind(name, parameter, kind, trigger, triggerAttribute!)).ToList();
        if (binders.Contains(null))
            return;
        var definition = new LocalFunctionDefinition(name, method, trigger, kind.BindingType);
        kind.Add(new LocalFunction(definition, triggerAttribute!, trigger, binders!, new CompiledMethod(method)));
    }

    private ParameterBinder? Bind(string function, ParameterInfo parameter, ITriggerKind kind, ParameterInfo trigger, Attribute attribute)
    {
        if (parameter.ParameterType == typeof(Microsoft.Azure.Functions.Worker.FunctionContext))
            return static context => context;
        if (parameter.ParameterType == typeof(CancellationToken))
            return static context => context.CancellationToken;
        if (parameter.IsDefined(typeof(DurableClientAttribute)) && parameter.ParameterType == typeof(DurableTaskClient))
            return static context => context.InstanceServices.GetRequiredService<DurableTaskClient>();
        if (!parameter.ParameterType.IsByRef && kind.Bind(parameter, trigger, attribute) is { } binder)
            return binder;
        _errors.Add(
            $"Function '{function}', parameter '{parameter.Name}' of type {parameter.ParameterType}: local-host cannot bind it in a function with {Short(kind.AttributeType)}.");
        return null;
    }

    private static string Short(Type attribute) => attribute.Name.Replace("Attribute", "", StringComparison.Ordinal);

    private static string Place(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
