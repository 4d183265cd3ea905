using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>
/// A template in the part of Jinja that chat templates are written in: for, if, set, macro, filters, tests, Python's text and mapping
/// methods, namespaces, white space control as Hugging Face sets it. What a template uses beyond that is an error that names it.
/// </summary>
/// <remarks>Safe for many threads: rendering changes nothing of it.</remarks>
internal sealed class JinjaTemplate
{
    private readonly string _source;
    private readonly IReadOnlyList<Statement> _statements;

    private JinjaTemplate(string source, IReadOnlyList<Statement> statements) => (_source, _statements) = (source, statements);

    /// <exception cref="TemplateException">The source cannot be read.</exception>
    public static JinjaTemplate Parse(string source) => new(source, StatementParser.Parse(source));

    /// <summary>Whether the template's source mentions a name anywhere inside its tags.</summary>
    public bool Mentions(string name) => Lexer.Read(_source).Any(token => token.Is(TokenKind.Name, name));

    /// <exception cref="TemplateException">The template refuses these values, fails on them, or goes beyond <paramref name="limits"/>.</exception>
    public MarkedText Render(IEnumerable<KeyValuePair<string, object?>> values, RenderLimits limits, CancellationToken cancellationToken)
    {
        var scope = new Scope(values, limits, cancellationToken);
        Statement.RunAll(_statements, scope);
        return MarkedText.Concat(scope.Output);
    }
}
