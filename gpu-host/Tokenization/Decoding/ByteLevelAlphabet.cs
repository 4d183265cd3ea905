using System.Collections.Frozen;
using System.Text;

namespace Hybrid.GpuHost.Tokenization.Decoding;

/// <summary>GPT-2's printable stand-ins for the 256 bytes: printable Latin-1 for itself, the others from U+0100 upwards.</summary>
internal static class ByteLevelAlphabet
{
    public static readonly FrozenDictionary<char, byte> Bytes = Build().ToFrozenDictionary();

    private static readonly char[] Chars = [.. Bytes.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    /// <summary>The text's UTF-8 bytes, each as its stand-in.</summary>
    public static string Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = Chars[source[i]];
            }
        });
    }

    private static IEnumerable<KeyValuePair<char, byte>> Build()
    {
        var next = (char)256;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            yield return new(printable ? (char)value : next++, (byte)value);
        }
    }
}
