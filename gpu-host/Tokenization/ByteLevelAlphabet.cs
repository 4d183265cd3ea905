using System.Collections.Frozen;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>GPT-2's printable stand-ins for the 256 bytes: printable Latin-1 for itself, the others from U+0100 upwards.</summary>
internal static class ByteLevelAlphabet
{
    public static readonly FrozenDictionary<char, byte> Bytes = Build().ToFrozenDictionary();

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
