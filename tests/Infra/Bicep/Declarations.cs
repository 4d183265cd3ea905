namespace Hybrid.Infra.Tests.Bicep;

/// <summary><c>param</c>, with what its decorators demand of its value.</summary>
internal sealed class Parameter(SyntaxNode node, IReadOnlyList<SyntaxNode> decorators)
{
    public string Name { get; } = node.Children[0].Text;

    /// <summary>As it is written: <c>string</c>, <c>int</c>, <c>string[]</c>.</summary>
    public string Type { get; } = node.Children[1].Text;

    /// <summary>Null: the parameter has to be given.</summary>
    public SyntaxNode? Default { get; } = node.Children.Count > 2 ? node.Children[2] : null;

    public SyntaxNode? Decorator(string name) => decorators
        .Select(decorator => decorator.Children[0])
        .Where(call => call.Children[0].Text == name)
        .Select(call => call.Children[1].Children is [var argument, ..] ? argument : call)
        .FirstOrDefault();
}

/// <summary><c>module</c>.</summary>
internal sealed class Module(SyntaxNode node)
{
    public string Symbol { get; } = node.Children[0].Text;

    /// <summary>As it is written, from the file that it stands in.</summary>
    public string Path { get; } = node.Children[1].Unquoted;

    public IReadOnlyDictionary<string, SyntaxNode> Arguments { get; } =
        node.Find("params").FirstOrDefault()?.Properties ?? new Dictionary<string, SyntaxNode>();
}

/// <summary><c>resource</c>, alone or inside another one.</summary>
internal sealed class Resource(SyntaxNode node)
{
    public string Symbol { get; } = node.Children[0].Text;

    /// <summary>Without the version.</summary>
    public string Type { get; } = node.Children[1].Unquoted.Split('@')[0];

    /// <summary>Null inside another resource.</summary>
    public string? ApiVersion { get; } = node.Children[1].Unquoted.Split('@').ElementAtOrDefault(1);

    public bool IsExisting { get; } = node.Children.Any(child => child.Kind == "existing");

    public SyntaxNode Body { get; } = node.Children[^1].All.First(child => child.Kind == "object");
}
