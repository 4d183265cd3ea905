using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Models.Publishing;

/// <summary>
/// The golden samples of a folder: <c>golden/NAME.request</c> beside <c>golden/NAME.reply</c>, as a host's route for raw tensors takes
/// the one and answers with the other.
/// </summary>
public static class GoldenFiles
{
    private const string Folder = "golden/";
    private const string Request = ".request";
    private const string Reply = ".reply";

    /// <summary>The manifest with the samples that its files make; the same one when there are none.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="manifest">All files.</param>
    /// <param name="tolerance">How far each number of an answer may be from the reply's.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: one of a pair is missing or unreadable, so that no host could ask it.</exception>
    public static async Task<ModelManifest> DeclareAsync(string folder, ModelManifest manifest, double tolerance, CancellationToken cancellationToken)
    {
        var requests = Names(manifest, Request);
        var replies = Names(manifest, Reply);
        if (requests.Except(replies).Select(name => name + Reply).Concat(replies.Except(requests).Select(name => name + Request)).FirstOrDefault() is { } missing)
            throw new HybridException(ErrorCode.Unprocessable, $"There is no {missing}; a golden sample is a request and its reply.");

        foreach (var name in requests)
        {
            await ReadAsync<InferRequest>(folder, name + Request, cancellationToken).ConfigureAwait(false);
            await ReadAsync<InferReply>(folder, name + Reply, cancellationToken).ConfigureAwait(false);
        }

        return requests.Count == 0 ? manifest : manifest with { Golden = [.. requests.Select(name => new GoldenSample(name + Request, name + Reply, tolerance))] };
    }

    private static List<string> Names(ModelManifest manifest, string ending) =>
    [
        .. manifest.Files.Select(file => file.Path)
            .Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(ending, StringComparison.Ordinal))
            .Select(path => path[..^ending.Length]),
    ];

    private static async Task ReadAsync<T>(string folder, string path, CancellationToken cancellationToken)
        where T : IDecodable<T>
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, path), cancellationToken).ConfigureAwait(false);
        try
        {
            Wire.Decode<T>(bytes);
        }
        catch (HybridException exception)
        {
            throw new HybridException(
                new Error(ErrorCode.Unprocessable, $"{path} is no {typeof(T).Name} in MessagePack: {exception.Message}"), exception);
        }
    }
}
