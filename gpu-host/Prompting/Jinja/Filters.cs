using System.Globalization;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>What can stand behind "|".</summary>
internal static class Filters
{
    public static object? Apply(string name, object? value, Arguments arguments) => name switch
    {
        "trim" => Values.ToText(value).Strip(arguments.Text(0, "chars")),
        "upper" => Values.ToText(value).Map(run => run.ToUpperInvariant()),
        "lower" => Values.ToText(value).Map(run => run.ToLowerInvariant()),
        "capitalize" => Values.ToText(value).Capitalize(),
        "title" => Values.ToText(value).Title(),
        "replace" => Methods.Replace(Values.ToText(value), arguments),
        "indent" => Indent(Values.ToText(value), arguments),
        // Nothing here is HTML, and as in Hugging Face's environment nothing is escaped.
        "string" or "safe" => Values.ToText(value),
        "tojson" => JsonText.Write(value, arguments),
        "length" or "count" => Length(value, arguments.Scope),
        "default" or "d" => value is Undefined || (Values.IsTrue(arguments.Get(1, "boolean")) && !Values.IsTrue(value))
            ? arguments.Has(0, "default_value") ? arguments.Get(0, "default_value") : MarkedText.Empty
            : value,
        "first" => Items(value, arguments.Scope) is [var first, ..] ? first : new Undefined("the first of nothing"),
        "last" => Items(value, arguments.Scope) is [.., var last] ? last : new Undefined("the last of nothing"),
        "list" => Items(value, arguments.Scope),
        "reverse" => value is MarkedText text ? Members.Slice(text, null, null, -1, arguments.Scope) : Enumerable.Reverse(Items(value, arguments.Scope)).ToList(),
        "sort" => Sort(value, arguments),
        "unique" => Unique(Items(value, arguments.Scope)),
        "sum" => Items(value, arguments.Scope).Aggregate((object?)0L, (sum, item) => Operators.Binary("+", sum, item, arguments.Scope)),
        "min" => Items(value, arguments.Scope).OrderBy(item => item, Order(arguments.Scope)).FirstOrDefault(),
        "max" => Items(value, arguments.Scope).OrderByDescending(item => item, Order(arguments.Scope)).FirstOrDefault(),
        "items" => value is Undefined ? new List<object?>() : Methods.Items(Map(value, arguments.Scope)),
        "dictsort" => Methods.Items(new(Map(value, arguments.Scope).OrderBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase))),
        "join" => Join(Values.ToText(arguments.Has(0, "d") ? arguments.Get(0, "d") : MarkedText.Empty), Attributes(value, arguments, 1), arguments.Scope),
        "map" => Mapped(value, arguments),
        "select" => Where(value, arguments, attribute: false, wanted: true),
        "reject" => Where(value, arguments, attribute: false, wanted: false),
        "selectattr" => Where(value, arguments, attribute: true, wanted: true),
        "rejectattr" => Where(value, arguments, attribute: true, wanted: false),
        "int" => Integer(value, arguments.Integer(0, "default", 0)),
        "float" => Values.Number(value) ?? (double.TryParse(Values.ToText(value).ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0),
        "abs" => value is long whole ? (object)Math.Abs(whole) : Math.Abs(Values.Number(value) ?? throw arguments.Scope.Fault("'abs' needs a number.")),
        "round" => Math.Round(Values.Number(value) ?? throw arguments.Scope.Fault("'round' needs a number."), (int)Math.Clamp(arguments.Integer(0, "precision", 0), 0, 15)),
        _ => throw arguments.Scope.Fault($"the filter '{name}' is not supported."),
    };

    /// <summary>What a loop over the value goes through.</summary>
    public static List<object?> Items(object? value, Scope scope) => value switch
    {
        List<object?> list => list,
        Dictionary<string, object?> map => [.. map.Keys.Select(Values.Text)],
        MarkedText text => [.. Enumerable.Range(0, text.Length).Select(i => text.Substring(i, 1))],
        Undefined => [],
        _ => throw scope.Fault($"{Values.TypeName(value)} is no list."),
    };

    public static MarkedText Join(MarkedText separator, object? parts, Scope scope)
    {
        var texts = Items(parts, scope).ConvertAll(Values.ToText);
        scope.Allow(texts.Sum(text => (long)text.Length + separator.Length));
        return TextOperations.Join(separator, texts);
    }

    private static long Length(object? value, Scope scope) => value switch
    {
        MarkedText text => text.Length,
        Dictionary<string, object?> map => map.Count,
        _ => Items(value, scope).Count,
    };

    private static Dictionary<string, object?> Map(object? value, Scope scope) =>
        value as Dictionary<string, object?> ?? throw scope.Fault($"{Values.TypeName(value)} is no mapping.");

    private static MarkedText Indent(MarkedText text, Arguments arguments)
    {
        var blanks = Values.Text(new string(' ', (int)Math.Clamp(arguments.Integer(0, "width", 4), 0, 256)));
        var first = Values.IsTrue(arguments.Get(1, "first"));
        var lines = text.Split("\n", int.MaxValue).Select((line, i) => line.Length > 0 && (i > 0 || first) ? MarkedText.Concat([blanks, line]) : line).ToList();
        arguments.Scope.Allow(lines.Sum(line => (long)line.Length));
        return TextOperations.Join(Values.Text("\n"), lines);
    }

    private static List<object?> Sort(object? value, Arguments arguments)
    {
        var keys = Attributes(value, arguments, 2).Zip(Items(value, arguments.Scope));
        var order = Order(arguments.Scope);
        return [.. (Values.IsTrue(arguments.Get(0, "reverse"))
            ? keys.OrderByDescending(pair => pair.First, order)
            : keys.OrderBy(pair => pair.First, order)).Select(pair => pair.Second)];
    }

    private static Comparer<object?> Order(Scope scope) => Comparer<object?>.Create((left, right) => Operators.Order(left, right, scope));

    private static List<object?> Unique(List<object?> items)
    {
        var seen = new List<object?>();
        seen.AddRange(items.Where(item => !seen.Exists(other => Values.Equals(item, other))));
        return seen;
    }

    /// <summary>The items, or of each what <c>attribute=</c> names.</summary>
    private static List<object?> Attributes(object? value, Arguments arguments, int place) =>
        arguments.Text(place, "attribute") is { } attribute
            ? Items(value, arguments.Scope).ConvertAll(item => Members.Item(item, Values.Text(attribute), arguments.Scope))
            : Items(value, arguments.Scope);

    private static List<object?> Mapped(object? value, Arguments arguments)
    {
        if (arguments.Named.ContainsKey("attribute"))
        {
            return Attributes(value, arguments, int.MaxValue);
        }

        var filter = arguments.Text(0, "filter") ?? throw arguments.Scope.Fault("'map' needs a filter or an attribute.");
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return Items(value, arguments.Scope).ConvertAll(item => Apply(filter, item, rest));
    }

    private static List<object?> Where(object? value, Arguments arguments, bool attribute, bool wanted)
    {
        var at = attribute ? 1 : 0;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(at + 1)] };
        return Items(value, arguments.Scope).FindAll(item =>
        {
            var tested = attribute ? Members.Item(item, Values.Text(arguments.Text(0, "attribute") ?? ""), arguments.Scope) : item;
            return (arguments.Text(at, "test") is { } test ? Tests.Holds(test, tested, rest) : Values.IsTrue(tested)) == wanted;
        });
    }

    private static long Integer(object? value, long otherwise) => value switch
    {
        double number => (long)number,
        _ when Values.Number(value) is { } number => (long)number,
        _ => long.TryParse(Values.ToText(value).ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed) ? parsed : otherwise,
    };
}
