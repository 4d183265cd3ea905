using System.Globalization;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>Reads expressions, loosest first: if, or, and, not, comparison, + −, ~, * / // %, **, sign, filters and tests, members and calls.</summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];

    /// <summary>An expression; with a comma a list.</summary>
    public Expression ParseTuple()
    {
        var first = Parse();
        if (!tokens.AtOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (tokens.TakeOperator(",") && !tokens.At(TokenKind.BlockEnd) && !tokens.AtOperator(")"))
        {
            items.Add(Parse());
        }

        return new ListLiteral(first.Line, items);
    }

    public Expression Parse() => tokens.Nested(ParseConditional);

    /// <summary>An expression that "if" does not belong to: the list of a for.</summary>
    public Expression ParseWithoutConditional() => tokens.Nested(ParseOr);

    private Expression ParseConditional()
    {
        var value = ParseOr();
        while (tokens.TakeName("if"))
        {
            var test = ParseOr();
            value = new Conditional(value.Line, test, value, tokens.TakeName("else") ? Parse() : null);
        }

        return value;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (tokens.TakeName("or"))
        {
            left = new Logical(left.Line, IsAnd: false, left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (tokens.TakeName("and"))
        {
            left = new Logical(left.Line, IsAnd: true, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        var line = tokens.Line;
        return tokens.TakeName("not") ? new Not(line, tokens.Nested(ParseNot)) : ParseComparison();
    }

    private Expression ParseComparison()
    {
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (ComparisonHere() is { } found)
        {
            rest.Add((found, ParseSum()));
        }

        return rest.Count == 0 ? first : new Comparison(first.Line, first, rest);
    }

    private string? ComparisonHere()
    {
        if (tokens.AtNames("not", "in"))
        {
            tokens.Next();
            tokens.Next();
            return "not in";
        }

        return tokens.TakeName("in") ? "in" : Array.Find(Comparisons, tokens.TakeOperator);
    }

    private Expression ParseSum() => ParseBinary(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation() => ParseBinary(ParseProduct, "~");

    private Expression ParseProduct() => ParseBinary(ParsePower, "*", "//", "/", "%");

    private Expression ParsePower() => ParseBinary(ParseSigned, "**");

    private Expression ParseBinary(Func<Expression> operand, params string[] operators)
    {
        var left = operand();
        while (Array.Find(operators, tokens.TakeOperator) is { } found)
        {
            left = new Binary(left.Line, found, left, operand());
        }

        return left;
    }

    private Expression ParseSigned()
    {
        var line = tokens.Line;
        return ParseFilters(tokens.TakeOperator("-") ? new Unary(line, "-", tokens.Nested(ParseUnfiltered))
            : tokens.TakeOperator("+") ? new Unary(line, "+", tokens.Nested(ParseUnfiltered))
            : ParsePostfix(ParsePrimary()));
    }

    private Expression ParseUnfiltered()
    {
        var line = tokens.Line;
        return tokens.TakeOperator("-") ? new Unary(line, "-", tokens.Nested(ParseUnfiltered)) : ParsePostfix(ParsePrimary());
    }

    private Expression ParseFilters(Expression operand)
    {
        while (true)
        {
            if (tokens.TakeOperator("|"))
            {
                var name = tokens.Expect(TokenKind.Name);
                operand = new Filter(operand.Line, operand, name, tokens.AtOperator("(") ? ParseArguments() : ArgumentList.Empty);
            }
            else if (tokens.TakeName("is"))
            {
                operand = ParseTest(operand);
            }
            else if (tokens.AtOperator("("))
            {
                operand = new Call(operand.Line, operand, ParseArguments());
            }
            else
            {
                return operand;
            }
        }
    }

    private Test ParseTest(Expression operand)
    {
        var negated = tokens.TakeName("not");
        var name = tokens.Expect(TokenKind.Name);
        var arguments = tokens.AtOperator("(") ? ParseArguments()
            : TakesArgument() ? new ArgumentList([ParsePostfix(ParsePrimary())], [])
            : ArgumentList.Empty;
        return new Test(operand.Line, operand, name, arguments, negated);
    }

    /// <summary>Whether what follows a test without parentheses is its argument, as in "is divisibleby 3".</summary>
    private bool TakesArgument() =>
        tokens.At(TokenKind.String) || tokens.At(TokenKind.Integer) || tokens.At(TokenKind.Float) || tokens.AtOperator("[") || tokens.AtOperator("{")
        || (tokens.At(TokenKind.Name) && tokens.Current.Text is not ("and" or "or" or "not" or "if" or "else" or "is" or "in"));

    private Expression ParsePostfix(Expression target)
    {
        while (true)
        {
            var line = tokens.Line;
            if (tokens.TakeOperator("."))
            {
                target = tokens.At(TokenKind.Integer)
                    ? new Index(line, target, Integer())
                    : new Attribute(line, target, tokens.Expect(TokenKind.Name));
            }
            else if (tokens.TakeOperator("["))
            {
                target = ParseSubscript(line, target);
            }
            else if (tokens.AtOperator("("))
            {
                target = new Call(line, target, ParseArguments());
            }
            else
            {
                return target;
            }
        }
    }

    private Expression ParseSubscript(int line, Expression target)
    {
        var start = tokens.AtOperator(":") ? null : Parse();
        if (tokens.TakeOperator("]"))
        {
            return new Index(line, target, start!);
        }

        tokens.ExpectOperator(":");
        var stop = tokens.AtOperator(":") || tokens.AtOperator("]") ? null : Parse();
        var step = tokens.TakeOperator(":") && !tokens.AtOperator("]") ? Parse() : null;
        tokens.ExpectOperator("]");
        return new Slice(line, target, start, stop, step);
    }

    private ArgumentList ParseArguments()
    {
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        tokens.ExpectOperator("(");
        while (!tokens.TakeOperator(")"))
        {
            if (tokens.At(TokenKind.Name) && tokens.BeforeOperator("="))
            {
                var name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, Parse()));
            }
            else
            {
                positional.Add(Parse());
            }

            if (!tokens.AtOperator(")"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new ArgumentList(positional, named);
    }

    private Expression ParsePrimary()
    {
        var line = tokens.Line;
        switch (tokens.Current.Kind)
        {
            case TokenKind.Name:
                return OfName(line, tokens.Next().Text);
            case TokenKind.String:
                return new Constant(line, ParseText());
            case TokenKind.Integer:
                return Integer();
            case TokenKind.Float:
                return new Constant(line, double.Parse(tokens.Next().Text, CultureInfo.InvariantCulture));
            case TokenKind.Operator when tokens.TakeOperator("("):
                return ParseParentheses(line);
            case TokenKind.Operator when tokens.TakeOperator("["):
                return new ListLiteral(line, ParseItems());
            case TokenKind.Operator when tokens.TakeOperator("{"):
                return ParseMap(line);
            default:
                throw tokens.Unexpected("a value");
        }
    }

    private static Expression OfName(int line, string name) => name switch
    {
        "true" or "True" => new Constant(line, true),
        "false" or "False" => new Constant(line, false),
        "none" or "None" => new Constant(line, null),
        _ => new Name(line, name),
    };

    /// <summary>Texts that stand side by side are one.</summary>
    private MarkedText ParseText()
    {
        var text = "";
        while (tokens.At(TokenKind.String))
        {
            text += tokens.Next().Text;
        }

        return Values.Text(text);
    }

    private Constant Integer() =>
        long.TryParse(tokens.Current.Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Constant(tokens.Next().Line, number)
            : throw tokens.Unexpected("a number below 2^63");

    private Expression ParseParentheses(int line)
    {
        if (tokens.TakeOperator(")"))
        {
            return new ListLiteral(line, []);
        }

        var value = ParseTuple();
        tokens.ExpectOperator(")");
        return value;
    }

    private List<Expression> ParseItems()
    {
        var items = new List<Expression>();
        while (!tokens.TakeOperator("]"))
        {
            items.Add(Parse());
            if (!tokens.AtOperator("]"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return items;
    }

    private MapLiteral ParseMap(int line)
    {
        var entries = new List<(Expression, Expression)>();
        while (!tokens.TakeOperator("}"))
        {
            var key = Parse();
            tokens.ExpectOperator(":");
            entries.Add((key, Parse()));
            if (!tokens.AtOperator("}"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new MapLiteral(line, entries);
    }
}
