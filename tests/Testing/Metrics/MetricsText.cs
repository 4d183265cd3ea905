using System.Globalization;
using System.Text;

namespace Hybrid.Testing.Metrics;

/// <summary>Prometheus text (version 0.0.4), taken apart strictly by the format's description: what does not fit throws.</summary>
public sealed class MetricsText
{
    private readonly Dictionary<string, string> _types = [];
    private readonly Dictionary<string, string> _helps = [];
    private readonly List<MetricSeries> _series = [];

    private MetricsText(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != '#')
            {
                _series.Add(ReadSeries(line));
            }
            else if (line.Split(' ', 4) is ["#", "TYPE", var typed, var type])
            {
                _types.Add(typed, type);
            }
            else if (line.Split(' ', 4) is ["#", "HELP", var helped, var help])
            {
                _helps.Add(helped, help);
            }
        }
    }

    /// <summary>Family → counter, gauge or histogram.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    public IReadOnlyDictionary<string, string> Helps => _helps;

    public IReadOnlyList<MetricSeries> Series => _series;

    public static MetricsText Parse(string text) => new(text);

    public IEnumerable<MetricSeries> Of(string name) => _series.Where(series => series.Name == name);

    /// <summary>The sum of what fits.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) =>
        Of(name).Where(series => labels.All(label => series[label.Label] == label.Value)).Sum(series => series.Value);

    private static MetricSeries ReadSeries(string line)
    {
        var at = line.AsSpan().IndexOfAny('{', ' ');
        var name = line[..at];
        var labels = new Dictionary<string, string>();
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var equals = line.IndexOf('=', at);
                var label = line[at..equals];
                at = ReadValue(line, equals + 1, out var value);
                labels.Add(label, value);
                if (line[at] == ',')
                {
                    at++;
                }
            }

            at++;
        }

        var number = line[(at + 1)..] switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var text => double.Parse(text, CultureInfo.InvariantCulture),
        };
        return line[at] == ' ' ? new MetricSeries(name, labels, number) : throw new FormatException(line);
    }

    private static int ReadValue(string line, int at, out string value)
    {
        if (line[at++] != '"')
        {
            throw new FormatException(line);
        }

        var text = new StringBuilder();
        for (; line[at] != '"'; at++)
        {
            text.Append(line[at] != '\\' ? line[at] : line[++at] switch
            {
                '\\' => '\\',
                '"' => '"',
                'n' => '\n',
                _ => throw new FormatException(line),
            });
        }

        value = text.ToString();
        return at + 1;
    }
}
