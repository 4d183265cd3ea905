namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>What a call is given.</summary>
/// <param name="Scope">Where the call stands.</param>
/// <param name="Positional">By place.</param>
/// <param name="Named">By name.</param>
internal sealed record Arguments(Scope Scope, IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public int Count => Positional.Count + Named.Count;

    /// <summary>The argument at <paramref name="place"/>, or of that name, or null.</summary>
    public object? Get(int place, string name) => Has(place, name) ? place < Positional.Count ? Positional[place] : Named[name] : null;

    public bool Has(int place, string name) => place < Positional.Count || Named.ContainsKey(name);

    public long Integer(int place, string name, long otherwise) => !Has(place, name) ? otherwise
        : Get(place, name) is long number ? number
        : throw Scope.Fault($"'{name}' has to be a whole number, not {Values.TypeName(Get(place, name))}.");

    /// <summary>The argument as plain text; null when it is not given.</summary>
    public string? Text(int place, string name) => Get(place, name) is { } value ? Values.ToText(value).ToString() : null;
}
