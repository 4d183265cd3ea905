using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>Small models with one property each.</summary>
public static class Graphs
{
    /// <summary>y = a + b over [n, 3] float32, and the label of each row as text: no tokens anywhere.</summary>
    public static void WriteSum(string repository, string name)
    {
        var graph = new GraphBuilder(name);
        var a = graph.Input("a", ElementType.Float, "n", 3);
        var b = graph.Input("b", ElementType.Float, "n", 3);
        var label = graph.Input("label", ElementType.String, "n");
        graph.Output("y", graph.Add(a, b), ElementType.Float, "n", 3);
        graph.Output("echo", label, ElementType.String, "n");
        Write(graph, Path.Combine(repository, name, "1"));
    }

    /// <summary>
    /// Multiplies x [n, n] with itself 400 times, or so often: n says how long it takes, in as many steps between which a run can be stopped.
    /// </summary>
    public static void WriteSlow(string repository, string name, int version = 1, int products = 400)
    {
        var graph = new GraphBuilder(name);
        var x = graph.Input("x", ElementType.Float, "n", "n");
        var y = x;
        for (var i = 0; i < products; i++)
        {
            y = graph.MatMul(y, x);
        }

        graph.Output("y", y, ElementType.Float, "n", "n");
        Write(graph, Path.Combine(repository, name, $"{version}"));
    }

    /// <summary>Takes what <see cref="WriteSlow"/> takes, and fails on it.</summary>
    public static void WriteFailing(string repository, string name, int version)
    {
        var graph = new GraphBuilder(name);
        var x = graph.Input("x", ElementType.Float, "n", "n");
        graph.Output("y", graph.Gather(x, graph.Constant(1_000_000L)), ElementType.Float, "rows", "n");
        Write(graph, Path.Combine(repository, name, $"{version}"));
    }

    /// <summary>y = -x over [n, width].</summary>
    public static void WriteNegation(string repository, string name)
    {
        var graph = new GraphBuilder(name);
        graph.Output("y", graph.Neg(graph.Input("x", ElementType.Float, "n", "width")), ElementType.Float, "n", "width");
        Write(graph, Path.Combine(repository, name, "1"));
    }

    /// <summary>Says that y is as long as x, and gives only what of x is not 0.</summary>
    public static void WriteLying(string repository, string name)
    {
        var graph = new GraphBuilder(name);
        var x = graph.Input("x", ElementType.Float, "n");
        graph.Output("y", graph.Gather(x, graph.Squeeze(graph.Node("NonZero", [x]), 0)), ElementType.Float, "n");
        Write(graph, Path.Combine(repository, name, "1"));
    }

    /// <summary>As many zeros as are asked for: a small request with a large answer.</summary>
    public static void WriteZeros(string repository, string name)
    {
        var graph = new GraphBuilder(name);
        graph.Output("zeros", graph.Node("ConstantOfShape", [graph.Input("count", ElementType.Int64, 1)]), ElementType.Float, "count");
        Write(graph, Path.Combine(repository, name, "1"));
    }

    private static void Write(GraphBuilder graph, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.Build().ToBytes());
    }
}
