using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>What Python's operators do to a template's values.</summary>
internal static class Operators
{
    public static object? Unary(string @operator, object? operand, Scope scope) => (@operator, operand) switch
    {
        ("-", long number) => -number,
        ("-", double number) => -number,
        ("+", long or double) => operand,
        _ => throw scope.Fault($"'{@operator}' cannot be applied to {Values.TypeName(operand)}."),
    };

    public static object? Binary(string @operator, object? left, object? right, Scope scope)
    {
        switch (@operator, left, right)
        {
            case ("~", _, _):
                return Joined(Values.ToText(left), Values.ToText(right), scope);
            case ("+", MarkedText a, MarkedText b):
                return Joined(a, b, scope);
            case ("+", List<object?> a, List<object?> b):
                scope.Allow((long)a.Count + b.Count);
                return a.Concat(b).ToList();
            case ("*", MarkedText a, long times):
                scope.Allow(Math.BigMul(a.Length, Math.Max(times, 0), out var low) == 0 && low >= 0 ? low : long.MaxValue);
                return a.Repeat(times);
            case (not ("/" or "**"), long or bool, long or bool) or ("**", long, >= 0L):
                return Whole(@operator, Convert.ToInt64(left, null), Convert.ToInt64(right, null), scope);
            default:
                return Values.Number(left) is { } x && Values.Number(right) is { } y
                    ? Real(@operator, x, y, scope)
                    : throw scope.Fault($"'{@operator}' cannot be applied to {Values.TypeName(left)} and {Values.TypeName(right)}.");
        }
    }

    public static bool Compare(string @operator, object? left, object? right, Scope scope) => @operator switch
    {
        "==" => Values.Equals(left, right),
        "!=" => !Values.Equals(left, right),
        "in" => Contains(right, left, scope),
        "not in" => !Contains(right, left, scope),
        "<" => Order(left, right, scope) < 0,
        "<=" => Order(left, right, scope) <= 0,
        ">" => Order(left, right, scope) > 0,
        _ => Order(left, right, scope) >= 0,
    };

    public static int Order(object? left, object? right, Scope scope) => (left, right) switch
    {
        (MarkedText a, MarkedText b) => string.CompareOrdinal(a.ToString(), b.ToString()),
        _ when Values.Number(left) is { } x && Values.Number(right) is { } y => x.CompareTo(y),
        _ => throw scope.Fault($"{Values.TypeName(left)} and {Values.TypeName(right)} have no order."),
    };

    private static bool Contains(object? container, object? item, Scope scope) => container switch
    {
        MarkedText text when item is MarkedText part => text.ToString().Contains(part.ToString(), StringComparison.Ordinal),
        List<object?> list => list.Exists(element => Values.Equals(element, item)),
        Dictionary<string, object?> map => item is MarkedText key && map.ContainsKey(key.ToString()),
        Undefined => false,
        _ => throw scope.Fault($"'in' cannot look into {Values.TypeName(container)}."),
    };

    private static MarkedText Joined(MarkedText left, MarkedText right, Scope scope)
    {
        scope.Allow((long)left.Length + right.Length);
        return MarkedText.Concat([left, right]);
    }

    private static long Whole(string @operator, long left, long right, Scope scope)
    {
        if (right == 0 && @operator is ("//" or "%"))
        {
            throw scope.Fault("division by zero.");
        }

        try
        {
            return @operator switch
            {
                "+" => checked(left + right),
                "-" => checked(left - right),
                "*" => checked(left * right),
                "//" => left - Modulo(left, right) == 0 ? 0L : (left - Modulo(left, right)) / right,
                "%" => Modulo(left, right),
                _ => Power(left, right),
            };
        }
        catch (OverflowException)
        {
            throw scope.Fault($"{left} {@operator} {right} is too large.");
        }
    }

    private static long Power(long left, long right)
    {
        var power = 1L;
        // Anything but 0, 1 and -1 overflows, and throws, within 63 rounds.
        for (var i = 0L; i < (left is 0 or 1 or -1 ? Math.Min(right, 2 + (right % 2)) : right); i++)
        {
            power = checked(power * left);
        }

        return power;
    }

    /// <summary>Python's remainder has the sign of the divisor.</summary>
    private static long Modulo(long left, long right) => right == -1 ? 0 : ((left % right) + right) % right;

    private static double Real(string @operator, double left, double right, Scope scope) => @operator switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" or "//" or "%" when right == 0 => throw scope.Fault("division by zero."),
        "/" => left / right,
        "//" => Math.Floor(left / right),
        "%" => left - (right * Math.Floor(left / right)),
        _ => Math.Pow(left, right),
    };
}
