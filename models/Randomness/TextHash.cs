namespace Hybrid.Models.Randomness;

/// <summary>FNV-1a over UTF-16 units: a seed from a text, the same in every run, which string.GetHashCode is not.</summary>
public static class TextHash
{
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = 14695981039346656037;
        foreach (var c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
