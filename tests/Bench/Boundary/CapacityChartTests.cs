using System.Globalization;
using System.Xml.Linq;
using Hybrid.Planning;

namespace Hybrid.Bench.Tests.Boundary;

public sealed class CapacityChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Svg_OfAnyTitle_IsWellFormedAndInsideItsFrame()
    {
        var chart = new CapacityChart("a < b & c", [new(10, 10, 5), new(100, 95, 900)], [new(50, 49, 7)], kneePerSecond: 60, maxP99Ms: 50);

        var root = XDocument.Parse(chart.ToSvg()).Root!;

        Assert.Equal("a < b & c", root.Element(Svg + "title")!.Value);
        Assert.Equal(2, root.Elements(Svg + "circle").Count());
        Assert.Contains(root.Elements(Svg + "text"), text => text.Value == "arrivals (requests/s)");
        Assert.All(root.Elements(Svg + "circle"), circle => Assert.InRange(Value(circle, "cy"), 70, 360));

        static double Value(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Svg_InACultureWithCommas_HasPoints()
    {
        var before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = commas;
        try
        {
            var svg = new CapacityChart("t", [new(1.5, 1.5, 2.5), new(3, 3, 4)], [], 2, 5).ToSvg();

            Assert.DoesNotContain(",", XDocument.Parse(svg).Root!.Element(Svg + "path")!.Attribute("d")!.Value, StringComparison.Ordinal);
            Assert.Contains(".0 ", svg, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
