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
        if (RequestsWithoutReply(manifest) is [var unanswered, ..])
            throw new HybridException(
                ErrorCode.Unprocessable, $"There is no {ReplyTo(unanswered.Path)}; a golden sample is a request and its reply. With --golden the version itself answers what has none.");

        var requests = Names(manifest, Request);
        if (Names(manifest, Reply).Except(requests).FirstOrDefault() is { } unasked)
            throw new HybridException(ErrorCode.Unprocessable, $"There is no {unasked + Request}; a golden sample is a request and its reply.");

        foreach (var name in requests)
        {
            await ReadRequestAsync(folder, name + Request, cancellationToken).ConfigureAwait(false);
            await ReadAsync<InferReply>(folder, name + Reply, cancellationToken).ConfigureAwait(false);
        }

        return requests.Count == 0 ? manifest : manifest with { Golden = [.. requests.Select(name => new GoldenSample(name + Request, name + Reply, tolerance))] };
    }

    /// <summary>The requests that nobody has answered yet.</summary>
    public static IReadOnlyList<ModelFile> RequestsWithoutReply(ModelManifest manifest)
    {
        var answered = Names(manifest, Reply).Select(name => name + Request).ToHashSet(StringComparer.Ordinal);
        return [.. manifest.Files.Where(file => IsIn(file.Path, Request) && !answered.Contains(file.Path))];
    }

    /// <summary>Where the reply to a request belongs.</summary>
    public static string ReplyTo(string request) => request[..^Request.Length] + Reply;

    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: no host could read it.</exception>
    public static Task<InferRequest> ReadRequestAsync(string folder, string path, CancellationToken cancellationToken) =>
        ReadAsync<InferRequest>(folder, path, cancellationToken);

    private static List<string> Names(ModelManifest manifest, string ending) =>
    [
        .. manifest.Files.Select(file => file.Path).Where(path => IsIn(path, ending)).Select(path => path[..^ending.Length]),
    ];

    private static bool IsIn(string path, string ending) => path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(ending, StringComparison.Ordinal);

    private static async Task<T> ReadAsync<T>(string folder, string path, CancellationToken cancellationToken)
        where T : IDecodable<T>
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, path), cancellationToken).ConfigureAwait(false);
        try
        {
            return Wire.Decode<T>(bytes);
        }
        catch (HybridException exception)
        {
            throw new HybridException(
                new Error(ErrorCode.Unprocessable, $"{path} is no {typeof(T).Name} in MessagePack: {exception.Message}"), exception);
        }
    }
}
