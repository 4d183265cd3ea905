using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>Attributes, indexes and slices.</summary>
internal static class Members
{
    /// <summary>As in Python a method comes before an entry of the same name: JSON schemas have entries called "items".</summary>
    public static object? Attribute(object? target, string name, Scope scope) =>
        Methods.Find(target, name) ?? Item(target, Values.Text(name), scope);

    public static object? Item(object? target, object? key, Scope scope) => (target, key) switch
    {
        (Dictionary<string, object?> map, MarkedText name) when map.TryGetValue(name.ToString(), out var value) => value,
        (List<object?> list, long index) => At(list, index),
        (MarkedText text, long index) => At(text, index),
        (Undefined undefined, _) => throw scope.Fault($"'{undefined.Name}' is not set, so it has no '{Values.ToText(key)}'."),
        _ => new Undefined(Values.ToText(key).ToString()),
    };

    /// <summary>Python's <c>target[start:stop:step]</c>.</summary>
    public static object Slice(object? target, long? start, long? stop, long step, Scope scope)
    {
        if (step == 0)
        {
            throw scope.Fault("a slice's step cannot be 0.");
        }

        switch (target)
        {
            case MarkedText text when step == 1:
                var indexes = Indexes(text.Length, start, stop, 1).ToList();
                return indexes.Count == 0 ? MarkedText.Empty : text.Substring(indexes[0], indexes.Count);
            case MarkedText text:
                return MarkedText.Concat(Indexes(text.Length, start, stop, step).Select(i => text.Substring(i, 1)));
            case List<object?> list:
                return Indexes(list.Count, start, stop, step).Select(i => list[i]).ToList();
            default:
                throw scope.Fault($"{Values.TypeName(target)} cannot be sliced.");
        }
    }

    private static IEnumerable<int> Indexes(int length, long? start, long? stop, long step)
    {
        var from = Bound(start, step > 0 ? 0 : length - 1);
        var to = Bound(stop, step > 0 ? length : -1);
        for (var i = from; step > 0 ? i < to : i > to; i += step)
        {
            yield return (int)i;
        }

        // A negative bound counts from the end; what is outside stops at the edge.
        long Bound(long? bound, long otherwise) => bound is not { } value ? otherwise
            : Math.Clamp(value < 0 ? value + length : value, step > 0 ? 0 : -1, step > 0 ? length : length - 1);
    }

    private static object? At(List<object?> list, long index)
    {
        var at = index < 0 ? index + list.Count : index;
        return at >= 0 && at < list.Count ? list[(int)at] : new Undefined($"element {index} of a list of {list.Count}");
    }

    private static object At(MarkedText text, long index)
    {
        var at = index < 0 ? index + text.Length : index;
        return at >= 0 && at < text.Length ? text.Substring((int)at, 1) : new Undefined($"character {index} of a text of {text.Length}");
    }
}
