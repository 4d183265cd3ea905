using System.Collections;
using System.Globalization;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>What a name stands for that nobody set: empty as text, an error in anything else.</summary>
internal sealed record Undefined(string Name);

/// <summary>A function that a template can call.</summary>
/// <param name="arguments">What stands between the parentheses.</param>
internal delegate object? Callable(Arguments arguments);

/// <summary>
/// The values that a template works with: null, bool, long, double, <see cref="MarkedText"/> (never string), a List, a dictionary with
/// string keys, <see cref="Undefined"/>, <see cref="Callable"/>.
/// </summary>
internal static class Values
{
    public static MarkedText Text(string text) => MarkedText.Trusted(text);

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool boolean => boolean,
        long number => number != 0,
        double number => number != 0,
        MarkedText text => text.Length > 0,
        ICollection collection => collection.Count > 0,
        _ => true,
    };

    public static new bool Equals(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (bool a, bool b) => a == b,
        (MarkedText a, MarkedText b) => a.ToString() == b.ToString(),
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => Equals(pair.First, pair.Second)),
        (Dictionary<string, object?> a, Dictionary<string, object?> b) =>
            a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out var other) && Equals(entry.Value, other)),
        (Undefined, Undefined) => true,
        _ => Number(left) is { } x && Number(right) is { } y ? x.Equals(y) : ReferenceEquals(left, right),
    };

    /// <summary>The value as a number; null: it is none. As in Python, true is 1.</summary>
    public static double? Number(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool boolean => boolean ? 1 : 0,
        _ => null,
    };

    /// <summary>What <c>{{ value }}</c> writes.</summary>
    public static MarkedText ToText(object? value) => value switch
    {
        MarkedText text => text,
        Undefined => MarkedText.Empty,
        _ => Literal(value),
    };

    /// <summary>Python's way to write a value.</summary>
    public static MarkedText Literal(object? value) => value switch
    {
        null => Text("None"),
        bool boolean => Text(boolean ? "True" : "False"),
        long number => Text(number.ToString(CultureInfo.InvariantCulture)),
        double number => Text(number == Math.Floor(number) && Math.Abs(number) < 1e16
            ? number.ToString("F1", CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture)),
        MarkedText text => MarkedText.Concat([Text("'"), text.Replace("\\", "\\\\").Replace("'", "\\'").Replace("\n", "\\n"), Text("'")]),
        List<object?> list => Enclosed("[", list.Select(Literal), "]"),
        Dictionary<string, object?> map => Enclosed(
            "{", map.Select(entry => MarkedText.Concat([Literal(Text(entry.Key)), Text(": "), Literal(entry.Value)])), "}"),
        _ => Text($"<{TypeName(value)}>"),
    };

    public static string TypeName(object? value) => value switch
    {
        null => "none",
        Undefined undefined => $"undefined '{undefined.Name}'",
        bool => "boolean",
        long => "integer",
        double => "float",
        MarkedText => "text",
        List<object?> => "list",
        IDictionary => "mapping",
        _ => "function",
    };

    /// <summary>The parts with ", " between them.</summary>
    public static MarkedText Enclosed(string open, IEnumerable<MarkedText> parts, string close) =>
        MarkedText.Concat([Text(open), TextOperations.Join(Text(", "), parts), Text(close)]);
}
