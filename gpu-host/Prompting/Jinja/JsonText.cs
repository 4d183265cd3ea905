using System.Globalization;
using System.Text;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>The filter <c>tojson</c> as Hugging Face sets it: Python's json.dumps, characters beyond ASCII as they are.</summary>
internal static class JsonText
{
    private const int DeepestNesting = 64;

    public static MarkedText Write(object? value, Arguments arguments)
    {
        var indent = arguments.Get(0, "indent") is long width ? new string(' ', (int)Math.Clamp(width, 0, 16)) : null;
        var parts = new List<MarkedText>();
        Write(value, indent, 0, parts, arguments.Scope);
        arguments.Scope.Allow(parts.Sum(part => (long)part.Length));
        return MarkedText.Concat(parts);
    }

    private static void Write(object? value, string? indent, int depth, List<MarkedText> parts, Scope scope)
    {
        if (depth > DeepestNesting)
        {
            throw scope.Fault("a value is nested too deeply to be written as JSON.");
        }

        switch (value)
        {
            case null:
                parts.Add(Values.Text("null"));
                break;
            case bool boolean:
                parts.Add(Values.Text(boolean ? "true" : "false"));
                break;
            case long or double:
                parts.Add(Values.ToText(value));
                break;
            case MarkedText text:
                parts.AddRange([Values.Text("\""), text.Map(Escaped), Values.Text("\"")]);
                break;
            case List<object?> list:
                Enclosed("[", "]", list.Select(item => ((MarkedText?)null, item)), indent, depth, parts, scope);
                break;
            case Dictionary<string, object?> map:
                Enclosed("{", "}", map.Select(entry => ((MarkedText?)Values.Text(entry.Key), entry.Value)), indent, depth, parts, scope);
                break;
            default:
                throw scope.Fault($"{Values.TypeName(value)} cannot be written as JSON.");
        }
    }

    private static void Enclosed(
        string open, string close, IEnumerable<(MarkedText? Key, object? Value)> items, string? indent, int depth, List<MarkedText> parts, Scope scope)
    {
        parts.Add(Values.Text(open));
        var any = false;
        foreach (var (key, value) in items)
        {
            parts.Add(Values.Text((any ? indent is null ? ", " : "," : "") + NewLine(indent, depth + 1)));
            any = true;
            if (key is not null)
            {
                Write(key, indent, depth + 1, parts, scope);
                parts.Add(Values.Text(": "));
            }

            Write(value, indent, depth + 1, parts, scope);
        }

        parts.Add(Values.Text((any ? NewLine(indent, depth) : "") + close));
    }

    private static string NewLine(string? indent, int depth) =>
        indent is null ? "" : "\n" + string.Concat(Enumerable.Repeat(indent, depth));

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                < ' ' => escaped.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
