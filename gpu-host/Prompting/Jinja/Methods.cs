using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>Python's methods of texts and mappings that chat templates use.</summary>
internal static class Methods
{
    public static Callable? Find(object? target, string name) => target switch
    {
        MarkedText text => OfText(text, name),
        Dictionary<string, object?> map => OfMap(map, name),
        _ => null,
    };

    private static Callable? OfText(MarkedText text, string name) => name switch
    {
        "strip" => arguments => text.Strip(arguments.Text(0, "chars")),
        "lstrip" => arguments => text.Strip(arguments.Text(0, "chars"), right: false),
        "rstrip" => arguments => text.Strip(arguments.Text(0, "chars"), left: false),
        "upper" => _ => text.Map(run => run.ToUpperInvariant()),
        "lower" => _ => text.Map(run => run.ToLowerInvariant()),
        "capitalize" => _ => text.Capitalize(),
        "title" => _ => text.Title(),
        "split" => arguments => Split(text, arguments),
        "splitlines" => _ => text.Lines().ToList<object?>(),
        "startswith" => arguments => Starts(text.ToString(), arguments, static (all, part) => all.StartsWith(part, StringComparison.Ordinal)),
        "endswith" => arguments => Starts(text.ToString(), arguments, static (all, part) => all.EndsWith(part, StringComparison.Ordinal)),
        "replace" => arguments => Replace(text, arguments),
        "find" => arguments => (long)text.ToString().IndexOf(arguments.Text(0, "sub") ?? "", StringComparison.Ordinal),
        "count" => arguments => (long)text.Split(Needed(arguments, 0, "sub"), int.MaxValue).Count() - 1,
        "join" => arguments => Filters.Join(text, arguments.Get(0, "iterable"), arguments.Scope),
        "removeprefix" => arguments => Needed(arguments, 0, "prefix") is var part && text.ToString().StartsWith(part, StringComparison.Ordinal)
            ? text.Substring(part.Length, text.Length) : text,
        "removesuffix" => arguments => Needed(arguments, 0, "suffix") is var part && text.ToString().EndsWith(part, StringComparison.Ordinal)
            ? text.Substring(0, text.Length - part.Length) : text,
        "isdigit" => _ => text.Length > 0 && text.ToString().All(char.IsDigit),
        "isalpha" => _ => text.Length > 0 && text.ToString().All(char.IsLetter),
        "isspace" => _ => text.Length > 0 && text.ToString().All(char.IsWhiteSpace),
        _ => null,
    };

    private static Callable? OfMap(Dictionary<string, object?> map, string name) => name switch
    {
        "items" => _ => Items(map),
        "keys" => _ => map.Keys.Select(key => (object?)Values.Text(key)).ToList(),
        "values" => _ => map.Values.ToList(),
        "get" => arguments => map.TryGetValue(Needed(arguments, 0, "key"), out var value) ? value : arguments.Get(1, "default"),
        _ => null,
    };

    /// <summary>Pairs of key and value.</summary>
    public static List<object?> Items(Dictionary<string, object?> map) =>
        [.. map.Select(entry => new List<object?> { Values.Text(entry.Key), entry.Value })];

    public static MarkedText Replace(MarkedText text, Arguments arguments)
    {
        var from = Needed(arguments, 0, "old");
        var to = Values.ToText(arguments.Get(1, "new"));
        var found = from.Length == 0 ? 0 : text.Split(from, int.MaxValue).Count() - 1;
        arguments.Scope.Allow(text.Length + ((long)found * to.Length));
        return found == 0 ? text : TextOperations.Join(to, text.Split(from, (int)Math.Min(int.MaxValue, (ulong)arguments.Integer(2, "count", int.MaxValue))));
    }

    private static List<object?> Split(MarkedText text, Arguments arguments)
    {
        var most = arguments.Integer(1, "maxsplit", -1);
        return arguments.Text(0, "sep") switch
        {
            null => [.. text.Words()],
            "" => throw arguments.Scope.Fault("a text cannot be split at nothing."),
            var separator => [.. text.Split(separator, most < 0 ? int.MaxValue : (int)Math.Min(most, int.MaxValue))],
        };
    }

    private static bool Starts(string all, Arguments arguments, Func<string, string, bool> holds) => arguments.Get(0, "prefix") is List<object?> any
        ? any.Exists(part => holds(all, Values.ToText(part).ToString()))
        : holds(all, Needed(arguments, 0, "prefix"));

    private static string Needed(Arguments arguments, int place, string name) =>
        arguments.Text(place, name) ?? throw arguments.Scope.Fault($"an argument '{name}' is missing.");
}
