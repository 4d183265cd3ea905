using System.Globalization;
using System.Text;

namespace Hybrid.Planning;

/// <summary>One place on the chart.</summary>
/// <param name="PerSecond">Arrivals.</param>
/// <param name="AnsweredPerSecond">Answers.</param>
/// <param name="P99Ms">In milliseconds.</param>
public readonly record struct ChartPoint(double PerSecond, double AnsweredPerSecond, double P99Ms);

/// <summary>
/// Throughput (left axis) and p99 (right axis) over the arrival rate, as SVG: predictions are lines, measurements are marks. It follows its
/// reader's light or dark theme.
/// </summary>
/// <param name="title">Above it.</param>
/// <param name="predicted">By ascending rate.</param>
/// <param name="measured">Any.</param>
/// <param name="kneePerSecond">Marked by a line.</param>
/// <param name="maxP99Ms">Top of the right axis; what is over it is drawn at the top.</param>
public sealed class CapacityChart(
    string title, IReadOnlyList<ChartPoint> predicted, IReadOnlyList<ChartPoint> measured, double kneePerSecond, double maxP99Ms)
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 80;
    private const int Right = Width - 80;
    private const int Top = 70;
    private const int Bottom = Height - 60;
    private const int Ticks = 5;

    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #1f2328; } .title { font-size: 15px; font-weight: 600; }
        .axis { stroke: #59636e; fill: none; } .grid { stroke: #d1d9e0; } .back { fill: #ffffff; }
        .rate { stroke: #0969da; } .late { stroke: #bc4c00; } .knee { stroke: #59636e; stroke-dasharray: 4 4; }
        path { fill: none; stroke-width: 2; } circle { stroke-width: 2; fill: none; } .leftText { fill: #0969da; } .rightText { fill: #bc4c00; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; } .axis, .knee { stroke: #9198a1; } .grid { stroke: #3d444d; } .back { fill: #0d1117; }
          .rate { stroke: #58a6ff; } .late { stroke: #f0883e; } .leftText { fill: #58a6ff; } .rightText { fill: #f0883e; }
        }
        """;

    private readonly double _maxRate = RoundUp(predicted.Concat(measured).Max(point => point.PerSecond));
    private readonly double _maxAnswered = RoundUp(predicted.Concat(measured).Max(point => point.AnsweredPerSecond));
    private readonly double _maxP99 = RoundUp(maxP99Ms);

    public string ToSvg()
    {
        var svg = new StringBuilder();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img">""");
        Line($"<title>{Escape(title)}</title><style>{Style}</style>");
        Line($"""<rect class="back" width="{Width}" height="{Height}"/><text class="title" x="{Width / 2}" y="24" text-anchor="middle">{Escape(title)}</text>""");
        Line($"""<text x="{Width / 2}" y="46" text-anchor="middle"><tspan class="leftText">throughput</tspan> and <tspan class="rightText">p99</tspan>; lines predicted, circles measured</text>""");
        for (var i = 0; i <= Ticks; i++)
        {
            var y = Bottom - ((Bottom - Top) * i / Ticks);
            var x = Left + ((Right - Left) * i / Ticks);
            Line($"""<line class="grid" x1="{Left}" y1="{y}" x2="{Right}" y2="{y}"/>""");
            Line($"""<text class="leftText" x="{Left - 8}" y="{y + 4}" text-anchor="end">{Number(_maxAnswered * i / Ticks)}</text>""");
            Line($"""<text class="rightText" x="{Right + 8}" y="{y + 4}">{Number(_maxP99 * i / Ticks)}</text>""");
            Line($"""<text x="{x}" y="{Bottom + 20}" text-anchor="middle">{Number(_maxRate * i / Ticks)}</text>""");
        }

        Line($"""<path class="axis" d="M{Left} {Top}V{Bottom}H{Right}V{Top}"/>""");
        Line($"""<text x="{Width / 2}" y="{Height - 14}" text-anchor="middle">arrivals (requests/s)</text>""");
        Line($"""<text class="leftText" transform="translate(18 {(Top + Bottom) / 2}) rotate(-90)" text-anchor="middle">answers (requests/s)</text>""");
        Line($"""<text class="rightText" transform="translate({Width - 14} {(Top + Bottom) / 2}) rotate(90)" text-anchor="middle">p99 (ms)</text>""");
        Line($"""<line class="knee" x1="{X(kneePerSecond)}" y1="{Top}" x2="{X(kneePerSecond)}" y2="{Bottom}"/><text x="{X(kneePerSecond)}" y="{Top - 6}" text-anchor="middle">knee</text>""");
        Line($"""<path class="rate" d="{Path(point => RateY(point.AnsweredPerSecond))}"/><path class="late" d="{Path(point => LateY(point.P99Ms))}"/>""");
        foreach (var point in measured)
        {
            Line($"""<circle class="rate" cx="{X(point.PerSecond)}" cy="{RateY(point.AnsweredPerSecond)}" r="5"/><circle class="late" cx="{X(point.PerSecond)}" cy="{LateY(point.P99Ms)}" r="5"/>""");
        }

        Line($"</svg>");
        return svg.ToString();

        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private string Path(Func<ChartPoint, string> y) => "M" + string.Join('L', predicted.Select(point => $"{X(point.PerSecond)} {y(point)}"));

    private string X(double rate) => Coordinate(Left + ((Right - Left) * rate / _maxRate));

    private string RateY(double rate) => Coordinate(Bottom - ((Bottom - Top) * Math.Min(1, rate / _maxAnswered)));

    private string LateY(double milliseconds) => Coordinate(Bottom - ((Bottom - Top) * Math.Min(1, milliseconds / _maxP99)));

    private static string Coordinate(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(value is > 0 and < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    // To 1, 2, 2.5, 5 or 10 times a power of ten: five ticks are then whole numbers.
    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1e-9))));
        return new[] { 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10 }.First(step => step * power >= value) * power;
    }
}
