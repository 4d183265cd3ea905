namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>Walks through tokens; the two parsers share one.</summary>
internal sealed class TokenReader(IReadOnlyList<Token> tokens)
{
    // Each level of nesting is a few calls deep: far below what a thread's stack holds, far above what anybody writes.
    private const int DeepestNesting = 200;

    private int _at;
    private int _depth;

    public Token Current => tokens[_at];

    public int Line => Current.Line;

    public Token Next() => Current.Kind == TokenKind.End ? Current : tokens[_at++];

    public bool At(TokenKind kind) => Current.Kind == kind;

    public bool At(TokenKind kind, string text) => Current.Is(kind, text);

    public bool AtOperator(string text) => At(TokenKind.Operator, text);

    public bool AtName(string text) => At(TokenKind.Name, text);

    /// <summary>Whether this and the next token are these names, as in "not in".</summary>
    public bool AtNames(string first, string second) => AtName(first) && _at + 1 < tokens.Count && tokens[_at + 1].Is(TokenKind.Name, second);

    /// <summary>Whether the token after this is that operator.</summary>
    public bool BeforeOperator(string text) => _at + 1 < tokens.Count && tokens[_at + 1].Is(TokenKind.Operator, text);

    public bool TakeOperator(string text) => Take(AtOperator(text));

    public bool TakeName(string text) => Take(AtName(text));

    public string Expect(TokenKind kind) => At(kind) ? Next().Text : throw Unexpected($"'{kind}'");

    public void ExpectOperator(string text)
    {
        if (!TakeOperator(text))
        {
            throw Unexpected($"'{text}'");
        }
    }

    public void ExpectName(string text)
    {
        if (!TakeName(text))
        {
            throw Unexpected($"'{text}'");
        }
    }

    public TemplateException Unexpected(string wanted) => new(Line, $"{wanted} was expected, but {Current} stands here.");

    /// <summary>Reads something that may contain its like.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > DeepestNesting)
        {
            throw new TemplateException(Line, $"it is nested more than {DeepestNesting} deep.");
        }

        var result = read();
        _depth--;
        return result;
    }

    private bool Take(bool take)
    {
        if (take)
        {
            _at++;
        }

        return take;
    }
}
