using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>What can stand behind "is".</summary>
internal static class Tests
{
    public static bool Holds(string name, object? value, Arguments arguments) => name switch
    {
        "defined" => value is not Undefined,
        "undefined" => value is Undefined,
        "none" => value is null,
        "string" => value is MarkedText,
        "boolean" => value is bool,
        "true" => value is true,
        "false" => value is false,
        "number" => value is long or double,
        "integer" => value is long,
        "float" => value is double,
        "mapping" => value is Dictionary<string, object?>,
        "sequence" or "iterable" => value is List<object?> or MarkedText or Dictionary<string, object?>,
        "callable" => value is Callable,
        "odd" => value is long odd && odd % 2 != 0,
        "even" => value is long even && even % 2 == 0,
        "divisibleby" => value is long dividend && arguments.Integer(0, "num", 0) is var divisor && divisor != 0 && dividend % divisor == 0,
        "eq" or "equalto" or "==" or "sameas" => Values.Equals(value, arguments.Get(0, "other")),
        "ne" or "!=" => !Values.Equals(value, arguments.Get(0, "other")),
        "lt" or "lessthan" or "<" => Operators.Compare("<", value, arguments.Get(0, "other"), arguments.Scope),
        "le" or "<=" => Operators.Compare("<=", value, arguments.Get(0, "other"), arguments.Scope),
        "gt" or "greaterthan" or ">" => Operators.Compare(">", value, arguments.Get(0, "other"), arguments.Scope),
        "ge" or ">=" => Operators.Compare(">=", value, arguments.Get(0, "other"), arguments.Scope),
        "in" => Operators.Compare("in", value, arguments.Get(0, "seq"), arguments.Scope),
        "lower" => value is MarkedText lower && !lower.ToString().Any(char.IsUpper),
        "upper" => value is MarkedText upper && !upper.ToString().Any(char.IsLower),
        _ => throw arguments.Scope.Fault($"the test '{name}' is not supported."),
    };
}
