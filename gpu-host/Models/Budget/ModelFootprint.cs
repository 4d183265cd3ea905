using System.Collections.Immutable;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>What a model's weights take in memory: known from its files before anything is loaded.</summary>
public static class ModelFootprint
{
    /// <summary>Bytes of the graph's file and of the weights beside it: once, since all sessions share them.</summary>
    public static long Of(string onnxPath)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(onnxPath))!;

        // What is no model, or has weights that are missing or outside of the folder, is refused when it is opened, which can say more.
        return new FileInfo(onnxPath).Length + FilesBeside(onnxPath)
            .Select(file => Path.GetFullPath(Path.Combine(folder, file)))
            .Where(path => path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .Select(path => new FileInfo(path))
            .Sum(file => file.Exists ? file.Length : 0);
    }

    private static IReadOnlySet<string> FilesBeside(string onnxPath)
    {
        try
        {
            return ExternalFiles.Of(onnxPath);
        }
        catch (InvalidDataException)
        {
            return ImmutableHashSet<string>.Empty;
        }
    }
}
