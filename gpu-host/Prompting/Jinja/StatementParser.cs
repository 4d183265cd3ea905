namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>Reads the statements of a template.</summary>
internal sealed class StatementParser
{
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;

    private StatementParser(IReadOnlyList<Token> tokens)
    {
        _tokens = new TokenReader(tokens);
        _expressions = new ExpressionParser(_tokens);
    }

    /// <exception cref="TemplateException">The source is not in the language, or uses a part of it that is not supported.</exception>
    public static IReadOnlyList<Statement> Parse(IReadOnlyList<Token> tokens)
    {
        var parser = new StatementParser(tokens);
        var statements = parser.Body();
        return parser._tokens.At(TokenKind.End)
            ? statements
            : throw parser._tokens.Unexpected("a statement");
    }

    /// <summary>Statements up to the end, or to a tag that belongs to a statement around them; that tag's name is then current.</summary>
    private List<Statement> Body()
    {
        var statements = new List<Statement>();
        while (true)
        {
            switch (_tokens.Current.Kind)
            {
                case TokenKind.Data:
                    statements.Add(new Data(_tokens.Line, Values.Text(_tokens.Next().Text)));
                    break;
                case TokenKind.VariableBegin:
                    statements.Add(Write());
                    break;
                case TokenKind.BlockBegin:
                    _tokens.Next();
                    if (_tokens.Current.Text is "else" or "elif" || _tokens.Current.Text.StartsWith("end", StringComparison.Ordinal))
                    {
                        return statements;
                    }

                    statements.Add(_tokens.Nested(Tag));
                    break;
                default:
                    return statements;
            }
        }
    }

    private Output Write()
    {
        var line = _tokens.Next().Line;
        var value = _expressions.ParseTuple();
        _tokens.Expect(TokenKind.VariableEnd);
        return new Output(line, value);
    }

    private Statement Tag()
    {
        var line = _tokens.Line;
        var name = _tokens.Expect(TokenKind.Name);
        return name switch
        {
            "if" => ParseIf(line),
            "for" => ParseFor(line),
            "set" => ParseSet(line),
            "macro" => ParseMacro(line),
            "break" => ParseJump(line, Flow.Break),
            "continue" => ParseJump(line, Flow.Continue),
            "generation" => new Group(line, Block("endgeneration")),
            _ => throw new TemplateException(line, $"the statement '{name}' is not supported."),
        };
    }

    private If ParseIf(int line)
    {
        var branches = new List<(Expression?, IReadOnlyList<Statement>)>();
        var test = _expressions.ParseTuple();
        while (true)
        {
            _tokens.Expect(TokenKind.BlockEnd);
            branches.Add((test, Body()));
            if (_tokens.TakeName("elif"))
            {
                test = _expressions.ParseTuple();
                continue;
            }

            if (_tokens.TakeName("else"))
            {
                branches.Add((null, Block("endif")));
                return new If(line, branches);
            }

            End("endif");
            return new If(line, branches);
        }
    }

    private For ParseFor(int line)
    {
        var targets = Targets();
        _tokens.ExpectName("in");
        var items = _expressions.ParseWithoutConditional();
        var filter = _tokens.TakeName("if") ? _expressions.Parse() : null;
        _tokens.Expect(TokenKind.BlockEnd);
        var body = Body();
        if (_tokens.TakeName("else"))
        {
            return new For(line, targets, items, filter, body, Block("endfor"));
        }

        End("endfor");
        return new For(line, targets, items, filter, body, []);
    }

    private Statement ParseSet(int line)
    {
        if (_tokens.At(TokenKind.Name) && _tokens.BeforeOperator("."))
        {
            var target = _tokens.Next().Text;
            _tokens.Next();
            var attribute = _tokens.Expect(TokenKind.Name);
            _tokens.ExpectOperator("=");
            var content = _expressions.ParseTuple();
            _tokens.Expect(TokenKind.BlockEnd);
            return new NamespaceAssignment(line, target, attribute, content);
        }

        var targets = Targets();
        if (!_tokens.TakeOperator("="))
        {
            return new Assignment(line, targets, null, Block("endset"));
        }

        var value = _expressions.ParseTuple();
        _tokens.Expect(TokenKind.BlockEnd);
        return new Assignment(line, targets, value, []);
    }

    private Macro ParseMacro(int line)
    {
        var name = _tokens.Expect(TokenKind.Name);
        var parameters = new List<(string, Expression?)>();
        _tokens.ExpectOperator("(");
        while (!_tokens.TakeOperator(")"))
        {
            parameters.Add((_tokens.Expect(TokenKind.Name), _tokens.TakeOperator("=") ? _expressions.Parse() : null));
            if (!_tokens.AtOperator(")"))
            {
                _tokens.ExpectOperator(",");
            }
        }

        return new Macro(line, name, parameters, Block("endmacro"));
    }

    private Jump ParseJump(int line, Flow where)
    {
        _tokens.Expect(TokenKind.BlockEnd);
        return new Jump(line, where);
    }

    private List<string> Targets()
    {
        var parenthesised = _tokens.TakeOperator("(");
        var targets = new List<string>();
        do
        {
            targets.Add(_tokens.Expect(TokenKind.Name));
        }
        while (_tokens.TakeOperator(","));
        if (parenthesised)
        {
            _tokens.ExpectOperator(")");
        }

        return targets;
    }

    /// <summary>The rest of an opening tag, its body, and the closing tag.</summary>
    private List<Statement> Block(string end)
    {
        _tokens.Expect(TokenKind.BlockEnd);
        var body = Body();
        End(end);
        return body;
    }

    private void End(string name)
    {
        _tokens.ExpectName(name);
        _tokens.Expect(TokenKind.BlockEnd);
    }
}
