using System.Reflection;
using Hybrid.LocalHost.Invocation;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.LocalHost.Triggers.Http;

/// <summary>HTTP functions: their routes become ASP.NET Core endpoints. Authorization levels are not enforced here; the functions authenticate in their own middleware.</summary>
internal sealed class HttpTriggers : ITriggerKind
{
    private readonly List<LocalFunction> _functions = [];

    public Type AttributeType => typeof(HttpTriggerAttribute);

    public string BindingType => "httpTrigger";

    public IReadOnlyList<LocalFunction> Functions => _functions;

    public ParameterBinder? Bind(ParameterInfo parameter, ParameterInfo trigger, Attribute attribute)
    {
        if (parameter == trigger)
            return parameter.ParameterType == typeof(HttpRequest) ? static context => context.TriggerValue : null;
        var route = ((HttpTriggerAttribute)attribute).Route;
        return route is not null && RoutePatternFactory.Parse(route).GetParameter(parameter.Name!) is not null
            ? RouteValueBinder.For(parameter.Name!, parameter.ParameterType)
            : null;
    }

    public void Add(LocalFunction function) => _functions.Add(function);
}
