using System.ComponentModel;
using Hybrid.LocalHost.Invocation;

namespace Hybrid.LocalHost.Triggers.Http;

/// <summary>Binds a parameter to the part of the route that has its name.</summary>
internal static class RouteValueBinder
{
    /// <returns>Null for a type that no text can become.</returns>
    public static ParameterBinder? For(string name, Type type)
    {
        if (type == typeof(string))
            return context => Value(context, name);
        var converter = TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type);
        if (!converter.CanConvertFrom(typeof(string)))
            return null;
        return context =>
        {
            if (Value(context, name) is not { } text)
                return type.IsValueType ? Activator.CreateInstance(type) : null;
            try
            {
                return converter.ConvertFromInvariantString(text);
            }
            catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or NotSupportedException)
            {
                throw new BadHttpRequestException($"The '{name}' in the path is not a {type.Name}.", unreadable);
            }
        };
    }

    private static string? Value(LocalFunctionContext context, string name) =>
        ((HttpRequest)context.TriggerValue!).RouteValues.TryGetValue(name, out var value) ? value?.ToString() : null;
}
