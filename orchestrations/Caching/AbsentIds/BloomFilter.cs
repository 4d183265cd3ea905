using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hybrid.Orchestrations.Caching.AbsentIds;

/// <summary>
/// A set that never denies what was put in, and is wrong about a chosen share of the rest (Bloom, CACM 13:7, 1970). For n entries and
/// a share p of false positives it has m = −n·ln p ÷ (ln 2)² bits, of which k = m ÷ n · ln 2 are set per entry. Safe for any number of
/// callers at once.
/// </summary>
internal sealed class BloomFilter
{
    private readonly long[] _words;

    /// <param name="capacity">Entries n.</param>
    /// <param name="falsePositiveRate">Share p of absent entries that seem to be there, once it is full.</param>
    public BloomFilter(int capacity, double falsePositiveRate)
    {
        var bits = Math.Ceiling(-capacity * Math.Log(falsePositiveRate) / (Math.Log(2) * Math.Log(2)));
        _words = new long[(long)Math.Ceiling(bits / 64)];
        Bits = _words.LongLength * 64;
        Hashes = Math.Max(1, (int)Math.Round(bits / capacity * Math.Log(2)));
    }

    /// <summary>m, rounded up to whole words.</summary>
    public long Bits { get; }

    /// <summary>k.</summary>
    public int Hashes { get; }

    public void Add(string entry)
    {
        var (first, second) = Hash(entry);
        for (var i = 0; i < Hashes; i++)
        {
            var bit = Bit(first, second, i);
            Interlocked.Or(ref _words[bit / 64], 1L << (int)(bit % 64));
        }
    }

    /// <summary>False: it was never added. True: it was, or is one of the few that look like it.</summary>
    public bool MayContain(string entry)
    {
        var (first, second) = Hash(entry);
        for (var i = 0; i < Hashes; i++)
        {
            var bit = Bit(first, second, i);
            if ((Volatile.Read(ref _words[bit / 64]) & (1L << (int)(bit % 64))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    // k hashes out of two are as good as k of their own (Kirsch and Mitzenmacher, ESA 2006). A cryptographic one, because names come
    // from outside and must not be chosen to collide.
    private static (ulong First, ulong Second) Hash(string entry)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(entry), hash);
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]) | 1);
    }

    private long Bit(ulong first, ulong second, int i) => (long)((first + ((ulong)i * second)) % (ulong)Bits);
}
