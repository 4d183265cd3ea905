using System.Text;

namespace Hybrid.Models.Tokenization;

/// <summary>
/// GPT-2's one printable character per byte, by which a vocabulary of text can hold any bytes: printable Latin-1 stands for itself,
/// the other bytes follow from U+0100 on (a space is Ġ).
/// </summary>
public static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();

    /// <summary>The 256 characters, in the order of their bytes.</summary>
    public static ReadOnlySpan<char> All => Characters;

    /// <summary>The UTF-8 bytes of a text, a character each.</summary>
    public static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => Characters[b]));

    /// <summary>The text that a vocabulary entry stands for; bytes that are no whole UTF-8 become U+FFFD.</summary>
    public static string Decode(string entry) => Encoding.UTF8.GetString([.. entry.Select(c => (byte)Array.IndexOf(Characters, c))]);

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = (char)256;
        for (var b = 0; b < characters.Length; b++)
            characters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : next++;
        return characters;
    }
}
