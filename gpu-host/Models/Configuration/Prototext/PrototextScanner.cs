using System.Text;

namespace Hybrid.GpuHost.Models.Configuration.Prototext;

internal enum PrototextToken
{
    End,
    Word,
    Text,
    Sign,
}

/// <summary>Cuts a protocol buffer text into words, texts and signs; comments are left out.</summary>
internal ref struct PrototextScanner(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    public PrototextToken Token { get; private set; }

    /// <summary>The word, the text without its quotes and escapes, or the sign.</summary>
    public string Value { get; private set; } = "";

    /// <summary>Of the token, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <exception cref="PrototextException">Something that begins no token.</exception>
    public void Read()
    {
        SkipBlanks();
        if (_rest.IsEmpty)
        {
            (Token, Value) = (PrototextToken.End, "the end of the file");
        }
        else if (_rest[0] is '"' or '\'')
        {
            (Token, Value) = (PrototextToken.Text, ReadText(_rest[0]));
        }
        else if (IsOfWord(_rest[0]))
        {
            var length = 1;
            while (length < _rest.Length && IsOfWord(_rest[length]))
            {
                length++;
            }

            (Token, Value) = (PrototextToken.Word, Take(length));
        }
        else if ("{}<>[]:,;".Contains(_rest[0]))
        {
            (Token, Value) = (PrototextToken.Sign, Take(1));
        }
        else
        {
            throw new PrototextException(Line, $"'{_rest[0]}' begins nothing that can stand in a configuration.");
        }
    }

    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '+' or '.';

    private void SkipBlanks()
    {
        while (!_rest.IsEmpty && (char.IsWhiteSpace(_rest[0]) || _rest[0] == '#'))
        {
            if (_rest[0] == '#')
            {
                var end = _rest.IndexOf('\n');
                _rest = end < 0 ? [] : _rest[end..];
                continue;
            }

            Line += _rest[0] == '\n' ? 1 : 0;
            _rest = _rest[1..];
        }
    }

    private string ReadText(char quote)
    {
        var text = new StringBuilder();
        for (var i = 1; i < _rest.Length && _rest[i] != '\n'; i++)
        {
            if (_rest[i] == quote)
            {
                _rest = _rest[(i + 1)..];
                return text.ToString();
            }

            text.Append(_rest[i] != '\\' || i + 1 == _rest.Length ? _rest[i] : _rest[++i] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '\\' or '"' or '\'' => _rest[i],
                _ => throw new PrototextException(Line, $"The escape '\\{_rest[i]}' is not read here; write the character itself."),
            });
        }

        throw new PrototextException(Line, $"A text begins with {quote} and does not end on its line.");
    }

    private string Take(int length)
    {
        var taken = _rest[..length].ToString();
        _rest = _rest[length..];
        return taken;
    }
}
