namespace Hybrid.Infra.Tests.Bicep;

/// <summary>What expressions come to, as far as the file alone says it.</summary>
internal static class Evaluation
{
    /// <summary>Every value that the expression can have as text; none when it depends on parameters or on what Azure answers.</summary>
    public static IReadOnlyList<string> Values(this BicepFile file, SyntaxNode node) => node.Kind switch
    {
        "string" => file.OfString(node),
        "number" or "boolean" => [node.Text],
        "parenthesized_expression" => file.Values(node.Children[0]),
        "ternary_expression" => [.. node.Children.Skip(1).SelectMany(file.Values)],
        "identifier" when file.Variables.TryGetValue(node.Text, out var variable) => file.Values(variable),
        _ => [],
    };

    /// <summary>The one value of an expression that the file alone determines.</summary>
    public static string Value(this BicepFile file, SyntaxNode node) => file.Values(node) is [var only]
        ? only
        : throw new ArgumentException($"{file.Name}:{node.Line}: {node.Text} has not one value that the file tells.");

    /// <summary>The objects that an array expression is made of, through variables, <c>concat</c> and loops.</summary>
    public static IEnumerable<SyntaxNode> Objects(this BicepFile file, SyntaxNode node) => node.Kind switch
    {
        "object" => [node],
        "identifier" when file.Variables.TryGetValue(node.Text, out var variable) => file.Objects(variable),
        "array" or "call_expression" or "arguments" or "for_statement" or "ternary_expression" => node.Children.SelectMany(file.Objects),
        _ => [],
    };

    private static IReadOnlyList<string> OfString(this BicepFile file, SyntaxNode node)
    {
        var text = "";
        foreach (var part in node.Children)
        {
            if (part.Kind != "interpolation")
            {
                text += part.Text;
            }
            else if (file.Values(part.Children[0]) is [var value])
            {
                text += value;
            }
            else
            {
                return [];
            }
        }

        return [text];
    }
}
