using System.Text;

namespace Hybrid.Contracts.Codec;

/// <summary>
/// One string for a name that comes again and again, as names of models and tensors do. Names come from outside, so room is bounded and
/// goes to those that come often: each place counts how often its name was asked for, every stranger who wants the place takes one off,
/// and only a name that nobody vouches for any more has to go (Boyer and Moore's majority vote). A flood of made-up names costs its
/// sender's strings and leaves the others' where they are. Safe for any number of callers: a lost count only costs a string.
/// </summary>
internal sealed class NameCache
{
    // Far more than the names of all models that one host holds, and 12 KiB.
    private const int Places = 1024;

    // Longer names are rare; each place is bounded too.
    private const int MaxLength = 128;

    // Once reached, a hit writes nothing: cores do not fight over the counts of the names that all of them use.
    private const byte MaxStanding = 32;

    public static readonly NameCache Shared = new();

    private readonly string?[] _names = new string?[Places];
    private readonly byte[] _standing = new byte[Places];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        // Seeded per process: who knows this code still cannot aim at a place. Two places each, so that two names seldom share both.
        var hash = new HashCode();
        hash.AddBytes(utf8);
        var bits = (uint)hash.ToHashCode();
        var (first, second) = ((int)(bits % Places), (int)(bits / Places % Places));
        return Find(first, utf8) ?? Find(second, utf8) ?? Add(first, second, utf8);
    }

    private string? Find(int place, ReadOnlySpan<byte> utf8)
    {
        if (_names[place] is not { } name || !Ascii.Equals(utf8, name))
        {
            return null;
        }

        if (_standing[place] < MaxStanding)
        {
            _standing[place]++;
        }

        return name;
    }

    private string Add(int first, int second, ReadOnlySpan<byte> utf8)
    {
        var name = Encoding.UTF8.GetString(utf8);
        if (Ascii.IsValid(utf8) && !TryTake(first, name))
        {
            TryTake(second, name);
        }

        return name;
    }

    private bool TryTake(int place, string name)
    {
        if (_standing[place] > 0)
        {
            _standing[place]--;
            return false;
        }

        // Vouched for once, by whoever brought it: of two names with the same first place the later one then goes to its second place,
        // where they would else take the first from each other for ever.
        _names[place] = name;
        _standing[place] = 1;
        return true;
    }
}
