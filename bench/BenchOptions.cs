using System.Globalization;

namespace Hybrid.Bench;

/// <summary>What stands behind a benchmark's name on the command line: pairs of <c>--name value</c>.</summary>
internal sealed class BenchOptions
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _known = [];

    /// <exception cref="FormatException">Something is no such pair.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Count)
            {
                throw new FormatException($"'{arguments[i]}': options are pairs of --name value.");
            }

            options._values[arguments[i][2..]] = arguments[i + 1];
        }

        return options;
    }

    public string Text(string name, string otherwise)
    {
        _known.Add(name);
        return _values.GetValueOrDefault(name, otherwise);
    }

    /// <exception cref="FormatException">It is not a number over zero.</exception>
    public double Number(string name, double otherwise)
    {
        var text = Text(name, otherwise.ToString(CultureInfo.InvariantCulture));
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"--{name} takes a number over zero, not '{text}'.");
    }

    /// <summary>To be called when all options were asked for.</summary>
    /// <exception cref="FormatException">One was given that nobody asked for.</exception>
    public void RejectUnknown()
    {
        if (_values.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
        {
            throw new FormatException($"There is no option --{unknown} here.");
        }
    }
}
