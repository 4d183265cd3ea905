using System.Collections.Frozen;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>
/// A template in the part of Jinja that chat templates are written in: for, if, set, macro, filters, tests, Python's text and mapping
/// methods, namespaces, white space control as Hugging Face sets it. What a template uses beyond that is an error that names it.
/// </summary>
/// <remarks>Safe for many threads: rendering changes nothing of it.</remarks>
internal sealed class JinjaTemplate
{
    private readonly FrozenSet<string> _names;
    private readonly IReadOnlyList<Statement> _statements;

    private JinjaTemplate(IReadOnlyList<Token> tokens)
    {
        _names = tokens.Where(token => token.Kind == TokenKind.Name).Select(token => token.Text).ToFrozenSet(StringComparer.Ordinal);
        _statements = StatementParser.Parse(tokens);
    }

    /// <exception cref="TemplateException">The source cannot be read.</exception>
    public static JinjaTemplate Parse(string source) => new(Lexer.Read(source));

    /// <summary>Whether the template mentions a name anywhere inside its tags.</summary>
    public bool Mentions(string name) => _names.Contains(name);

    /// <exception cref="TemplateException">The template refuses these values, fails on them, or goes beyond <paramref name="limits"/>.</exception>
    public MarkedText Render(IEnumerable<KeyValuePair<string, object?>> values, RenderLimits limits, CancellationToken cancellationToken)
    {
        var scope = new Scope(values, limits, cancellationToken);
        Statement.RunAll(_statements, scope);
        return MarkedText.Concat(scope.Output);
    }
}
