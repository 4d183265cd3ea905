namespace Hybrid.GpuHost.Models.Configuration.Prototext;

/// <summary>
/// Reads the protocol buffer text format, as far as configurations use it: <c>name: value</c>, <c>name { … }</c>, <c>name: [ … ]</c>, comments,
/// <c>,</c> and <c>;</c> between fields. What the names mean is not known here.
/// </summary>
internal static class PrototextParser
{
    // Deeper than any configuration, shallower than the stack.
    private const int Deepest = 32;

    /// <exception cref="PrototextException">It is no such text.</exception>
    public static ProtoMessage Parse(ReadOnlySpan<char> text)
    {
        var scanner = new PrototextScanner(text);
        scanner.Read();
        var fields = ReadFields(ref scanner, closing: "", depth: 0);
        return new ProtoMessage(fields, Line: 1);
    }

    private static List<ProtoField> ReadFields(ref PrototextScanner scanner, string closing, int depth)
    {
        if (depth > Deepest)
        {
            throw new PrototextException(scanner.Line, $"Messages lie more than {Deepest} deep in each other.");
        }

        var fields = new List<ProtoField>();
        while (!(closing.Length == 0 ? scanner.Token == PrototextToken.End : IsSign(scanner, closing)))
        {
            ReadField(ref scanner, fields, depth);
            if (IsSign(scanner, ",") || IsSign(scanner, ";"))
            {
                scanner.Read();
            }
        }

        return fields;
    }

    private static void ReadField(ref PrototextScanner scanner, List<ProtoField> into, int depth)
    {
        if (scanner.Token != PrototextToken.Word)
        {
            throw Unexpected(scanner, "a field's name");
        }

        var (name, line) = (scanner.Value, scanner.Line);
        scanner.Read();
        var colon = IsSign(scanner, ":");
        if (colon)
        {
            scanner.Read();
        }

        if (!IsSign(scanner, "["))
        {
            into.Add(new ProtoField(name, ReadValue(ref scanner, colon, depth), line));
            return;
        }

        scanner.Read();
        while (!IsSign(scanner, "]"))
        {
            into.Add(new ProtoField(name, ReadValue(ref scanner, colon, depth), scanner.Line));
            if (IsSign(scanner, ","))
            {
                scanner.Read();
            }
            else if (!IsSign(scanner, "]"))
            {
                throw Unexpected(scanner, "',' or ']'");
            }
        }

        scanner.Read();
    }

    private static ProtoValue ReadValue(ref PrototextScanner scanner, bool colon, int depth)
    {
        var line = scanner.Line;
        if (IsSign(scanner, "{") || IsSign(scanner, "<"))
        {
            var closing = scanner.Value == "{" ? "}" : ">";
            scanner.Read();
            var fields = ReadFields(ref scanner, closing, depth + 1);
            scanner.Read();
            return new ProtoMessage(fields, line);
        }

        if (!colon || scanner.Token is not (PrototextToken.Word or PrototextToken.Text))
        {
            throw Unexpected(scanner, colon ? "a value" : "':' or '{'");
        }

        var (value, isText) = (scanner.Value, scanner.Token == PrototextToken.Text);
        scanner.Read();

        // Texts behind one another are one.
        while (isText && scanner.Token == PrototextToken.Text)
        {
            value += scanner.Value;
            scanner.Read();
        }

        return new ProtoScalar(value, isText, line);
    }

    private static bool IsSign(in PrototextScanner scanner, string sign) => scanner.Token == PrototextToken.Sign && scanner.Value == sign;

    private static PrototextException Unexpected(in PrototextScanner scanner, string expected) =>
        new(scanner.Line, $"Here stands {(scanner.Token == PrototextToken.End ? scanner.Value : $"'{scanner.Value}'")}, where {expected} has to.");
}
