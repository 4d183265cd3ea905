using Hybrid.Models.Bench;
using Hybrid.Models.Publishing;

namespace Hybrid.Models;

/// <summary>Models of usual size and random weights: what they say is nonsense, how long it takes them is not.</summary>
public static class BenchModels
{
    /// <summary>Bytes: weights from this size on are mapped from <c>model.onnx_data</c>, small ones are not worth a page each.</summary>
    internal const int ExternalFrom = 16 * 1024;

    private const int Version = 1;

    private static readonly (string Name, Func<VersionFolder, CancellationToken, Task> WriteAsync)[] All =
    [
        (BenchEncoder.Name, (folder, cancellationToken) => BenchEncoder.WriteAsync(folder, BenchEncoder.Seed, cancellationToken)),
        (BenchDecoder.Name, BenchDecoder.WriteAsync),
        (BenchIdentity.Name, BenchIdentity.WriteAsync),
    ];

    /// <inheritdoc cref="DemoModels.Names"/>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(model => model.Name)];

    /// <inheritdoc cref="DemoModels.WriteAsync"/>
    public static Task WriteAsync(string directory, IProgress<string> progress, CancellationToken cancellationToken) =>
        WriteAsync(directory, Names, progress, cancellationToken);

    /// <summary>The same of some of them.</summary>
    public static async Task WriteAsync(string directory, IReadOnlyCollection<string> names, IProgress<string> progress, CancellationToken cancellationToken)
    {
        foreach (var (name, writeAsync) in All.Where(model => names.Contains(model.Name)))
            await VersionFolder.PublishAsync(directory, name, Version, writeAsync, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A further version of <c>bench-embed</c>, of the same size: each seed makes other weights.</summary>
    public static Task WriteEncoderAsync(string directory, int version, ulong seed, IProgress<string> progress, CancellationToken cancellationToken) =>
        VersionFolder.PublishAsync(
            directory, BenchEncoder.Name, version, (folder, token) => BenchEncoder.WriteAsync(folder, seed, token), progress, cancellationToken);
}
