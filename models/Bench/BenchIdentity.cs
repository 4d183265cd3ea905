using Hybrid.Models.Publishing;
using Hybrid.Onnx;

namespace Hybrid.Models.Bench;

/// <summary><c>bench-identity</c>: gives back 256 float32 (1 KiB) a row and computes nothing, so that whatever it costs is the host's.</summary>
internal static class BenchIdentity
{
    public const string Name = "bench-identity";

    private const int Width = 256;

    public static Task WriteAsync(VersionFolder folder, CancellationToken cancellationToken)
    {
        var graph = new GraphBuilder(Name);
        graph.Output("y", graph.Input("x", ElementType.Float, "batch", Width), ElementType.Float, "batch", Width);
        return folder.WriteAsync(graph.Build(), cancellationToken);
    }
}
