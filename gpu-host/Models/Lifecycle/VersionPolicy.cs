using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>Which of a model's versions are served (Triton's <c>version_policy</c>).</summary>
[TypeConverter(typeof(Converter))]
public abstract record VersionPolicy
{
    /// <summary>Most versions that a policy may ask for by number.</summary>
    public const int MostVersions = 1000;

    /// <summary>The highest, alone.</summary>
    public static readonly VersionPolicy Default = new Latest(1);

    private VersionPolicy()
    {
    }

    /// <summary>Those to serve.</summary>
    /// <param name="versions">That are published, and not known to be broken.</param>
    public abstract ImmutableSortedSet<int> Select(IEnumerable<int> versions);

    /// <summary>Reads <c>latest</c>, <c>latest:2</c>, <c>all</c> or <c>specific:1,3</c>.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static VersionPolicy Parse(string text)
    {
        var (word, numbers) = text.Split(':', 2, StringSplitOptions.TrimEntries) is [var name, var rest] ? (name, Numbers(rest)) : (text.Trim(), []);
        return (word.ToLowerInvariant(), numbers) switch
        {
            ("latest", []) when !text.Contains(':', StringComparison.Ordinal) => Default,
            ("latest", [> 0 and <= MostVersions and var count]) => new Latest(count),
            ("all", []) when !text.Contains(':', StringComparison.Ordinal) => new All(),
            ("specific", { Length: > 0 and <= MostVersions }) when numbers.All(number => number > 0) => new Specific([.. numbers]),
            _ => throw new FormatException($"'{text}' is no version policy; write latest, latest:2, all or specific:1,3."),
        };
    }

    private static int[] Numbers(string text) =>
        [.. text.Split(',').Select(number => int.TryParse(number, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : 0)];

    /// <summary>The highest ones.</summary>
    /// <param name="NumVersions">How many.</param>
    public sealed record Latest(int NumVersions) : VersionPolicy
    {
        public override ImmutableSortedSet<int> Select(IEnumerable<int> versions) => [.. versions.OrderDescending().Take(NumVersions)];

        public override string ToString() => NumVersions == 1 ? "latest" : $"latest:{NumVersions}";
    }

    /// <summary>Every one.</summary>
    public sealed record All : VersionPolicy
    {
        public override ImmutableSortedSet<int> Select(IEnumerable<int> versions) => [.. versions];

        public override string ToString() => "all";
    }

    /// <summary>Those that are named, as far as they are there.</summary>
    public sealed record Specific(ImmutableSortedSet<int> Versions) : VersionPolicy
    {
        public override ImmutableSortedSet<int> Select(IEnumerable<int> versions) => Versions.Intersect(versions);

        public bool Equals(Specific? other) => other is not null && Versions.SetEquals(other.Versions);

        public override int GetHashCode() => Versions.Aggregate(0, (hash, version) => HashCode.Combine(hash, version));

        public override string ToString() => $"specific:{string.Join(',', Versions)}";
    }

    private sealed class Converter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => Parse((string)value);
    }
}
