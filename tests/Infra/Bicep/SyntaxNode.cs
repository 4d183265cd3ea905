namespace Hybrid.Infra.Tests.Bicep;

/// <summary>A node of tree-sitter-bicep's syntax tree.</summary>
/// <param name="Kind">The grammar's name, such as <c>resource_declaration</c>.</param>
/// <param name="Text">What stands in the file.</param>
/// <param name="Line">From 1.</param>
/// <param name="Children">Comments left out.</param>
internal sealed record SyntaxNode(string Kind, string Text, int Line, IReadOnlyList<SyntaxNode> Children)
{
    public IEnumerable<SyntaxNode> All => Children.SelectMany(child => child.All).Prepend(this);

    /// <summary>An object's properties by their keys.</summary>
    public IReadOnlyDictionary<string, SyntaxNode> Properties => _properties ??= Children
        .Where(child => child is { Kind: "object_property", Children: [{ Kind: not "resource_declaration" }, ..] })
        .ToDictionary(child => child.Children[0].Unquoted, child => child.Children[1], StringComparer.Ordinal);

    private Dictionary<string, SyntaxNode>? _properties;

    /// <summary>The text, of a string without its quotes.</summary>
    public string Unquoted => Kind == "string" ? Text.Trim('\'') : Text;

    /// <summary>Every property of this name below.</summary>
    public IEnumerable<SyntaxNode> Find(string property) =>
        All.Where(node => node.Kind == "object" && node.Properties.ContainsKey(property)).Select(node => node.Properties[property]);
}
