using System.Text;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>
/// Cuts a template into tokens and settles white space around tags as Hugging Face sets it: trim_blocks and lstrip_blocks are on, and
/// one newline at the template's end is dropped.
/// </summary>
internal sealed class Lexer
{
    // Longer ones first.
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|"];

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;

    private Lexer(string source) => _source = source;

    /// <exception cref="TemplateException">Something is not closed, or is no part of the language.</exception>
    public static IReadOnlyList<Token> Read(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal);
        var lexer = new Lexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        var strip = Strip.None;
        while (_at < _source.Length)
        {
            var tag = NextTag();
            var data = _source[_at..tag];
            Advance(tag);
            var kind = tag < _source.Length ? _source[tag + 1] : '\0';
            var modifier = tag + 2 < _source.Length ? _source[tag + 2] : '\0';
            AddData(Before(After(data, strip), kind, modifier), data);
            if (kind == '\0')
            {
                break;
            }

            Advance(_at + (modifier is '-' or '+' ? 3 : 2));
            strip = kind switch
            {
                '#' => Comment(),
                '%' => Block(),
                _ => Variable(),
            };
        }

        _tokens.Add(new Token(TokenKind.End, "", _line));
    }

    private int NextTag()
    {
        for (var i = _at; i + 1 < _source.Length; i++)
        {
            if (_source[i] == '{' && _source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return _source.Length;
    }

    /// <summary>What the tag before has left of the text after it.</summary>
    private static string After(string data, Strip strip) => strip switch
    {
        Strip.All => data.TrimStart(),
        Strip.Newline when data.StartsWith('\n') => data[1..],
        _ => data,
    };

    /// <summary>What the tag after leaves of the text before it: "-" takes all white space, a block the blanks of its own line.</summary>
    private string Before(string data, char kind, char modifier)
    {
        if (modifier == '-')
        {
            return data.TrimEnd();
        }

        if (kind is not ('%' or '#') || modifier == '+')
        {
            return data;
        }

        var line = data.TrimEnd(' ', '\t');
        var startsLine = line.EndsWith('\n') || (line.Length == 0 && StartsLine());
        return startsLine ? line : data;
    }

    /// <summary>Whether only blanks stand between the tag and the beginning of its line in the source.</summary>
    private bool StartsLine()
    {
        var i = _at - 1;
        while (i >= 0 && _source[i] is ' ' or '\t')
        {
            i--;
        }

        return i < 0 || _source[i] == '\n';
    }

    private void AddData(string data, string source)
    {
        if (data.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Data, data, _line - source.Count(c => c == '\n')));
        }
    }

    private Strip Comment()
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateException(_line, "a comment is not closed.");
        }

        var modifier = end > _at ? _source[end - 1] : '\0';
        Advance(end + 2);
        return modifier switch { '-' => Strip.All, '+' => Strip.None, _ => Strip.Newline };
    }

    private Strip Variable()
    {
        _tokens.Add(new Token(TokenKind.VariableBegin, "{{", _line));
        return Inside("}}", TokenKind.VariableEnd) ? Strip.All : Strip.None;
    }

    private Strip Block()
    {
        var first = _tokens.Count;
        _tokens.Add(new Token(TokenKind.BlockBegin, "{%", _line));
        var strips = Inside("%}", TokenKind.BlockEnd);
        if (_tokens.Count == first + 3 && _tokens[first + 1].Is(TokenKind.Name, "raw"))
        {
            _tokens.RemoveRange(first, 3);
            return Raw();
        }

        return strips ? Strip.All : _source[_at - 3] == '+' ? Strip.None : Strip.Newline;
    }

    /// <summary>Text in which tags mean nothing.</summary>
    private Strip Raw()
    {
        var begin = _source.IndexOf("{% endraw %}", _at, StringComparison.Ordinal);
        if (begin < 0)
        {
            throw new TemplateException(_line, "'raw' is not closed by '{% endraw %}'.");
        }

        var data = After(_source[_at..begin], Strip.Newline);
        if (data.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Data, data, _line));
        }

        Advance(begin + "{% endraw %}".Length);
        return Strip.Newline;
    }

    /// <summary>The tokens of a tag up to its end; true when it ends with "-".</summary>
    private bool Inside(string end, TokenKind endKind)
    {
        var nesting = 0;
        while (true)
        {
            SkipBlanks(end);
            var strips = At("-" + end);
            if (nesting == 0 && (strips || At(end) || (At("+" + end) && endKind == TokenKind.BlockEnd)))
            {
                _tokens.Add(new Token(endKind, end, _line));
                Advance(_at + end.Length + (At(end) ? 0 : 1));
                return strips;
            }

            var token = Next();
            nesting += token.Kind != TokenKind.Operator ? 0 : token.Text is "(" or "[" or "{" ? 1 : token.Text is ")" or "]" or "}" ? -1 : 0;
            _tokens.Add(token);
        }
    }

    private void SkipBlanks(string end)
    {
        while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
        {
            Advance(_at + 1);
        }

        if (_at >= _source.Length)
        {
            throw new TemplateException(_line, $"'{end}' is missing.");
        }
    }

    private Token Next()
    {
        var c = _source[_at];
        if (c is '\'' or '"')
        {
            return Literal(c);
        }

        if (char.IsAsciiDigit(c))
        {
            return Number();
        }

        if (char.IsLetter(c) || c == '_')
        {
            return Take(TokenKind.Name, Length(static c => char.IsLetterOrDigit(c) || c == '_'));
        }

        return Array.Find(Operators, At) is { } found
            ? Take(TokenKind.Operator, found.Length)
            : throw new TemplateException(_line, $"'{c}' is not part of the language.");
    }

    private Token Number()
    {
        var end = _at + Length(static c => char.IsAsciiDigit(c) || c == '_');
        var whole = end;
        if (Digit(end + 1) && _source[end] == '.')
        {
            end = Digits(end + 1);
        }

        if (end < _source.Length && _source[end] is 'e' or 'E' && (Digit(end + 1) || (Digit(end + 2) && _source[end + 1] is '+' or '-')))
        {
            end = Digits(end + 2);
        }

        return Take(end == whole ? TokenKind.Integer : TokenKind.Float, end - _at);
    }

    private bool Digit(int at) => at < _source.Length && char.IsAsciiDigit(_source[at]);

    private int Digits(int at)
    {
        while (Digit(at))
        {
            at++;
        }

        return at;
    }

    private Token Literal(char quote)
    {
        var text = new StringBuilder();
        var line = _line;
        var i = _at + 1;
        for (; i < _source.Length && _source[i] != quote; i++)
        {
            if (_source[i] != '\\' || i + 1 == _source.Length)
            {
                text.Append(_source[i]);
                continue;
            }

            i++;
            text.Append(_source[i] switch
            {
                'n' => "\n",
                't' => "\t",
                'r' => "\r",
                '\n' => "",
                '\\' or '\'' or '"' => _source[i].ToString(),
                'u' when i + 4 < _source.Length && ushort.TryParse(_source.AsSpan(i + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code)
                    => Escaped(code, ref i),
                var other => "\\" + other,
            });
        }

        if (i >= _source.Length)
        {
            throw new TemplateException(line, "a text is not closed.");
        }

        Advance(i + 1);
        return new Token(TokenKind.String, text.ToString(), line);

        static string Escaped(ushort code, ref int i)
        {
            i += 4;
            return ((char)code).ToString();
        }
    }

    private Token Take(TokenKind kind, int length)
    {
        var token = new Token(kind, _source.Substring(_at, length), _line);
        Advance(_at + length);
        return token;
    }

    private int Length(Func<char, bool> belongs)
    {
        var end = _at;
        while (end < _source.Length && belongs(_source[end]))
        {
            end++;
        }

        return end - _at;
    }

    private bool At(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    private enum Strip
    {
        None,
        Newline,
        All,
    }
}
