using System.Security.Cryptography;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Models.Publishing;

namespace Hybrid.Stack.Publishing.Golden;

/// <summary>Has a version answer its own golden requests before it is published: what it says here, hosts have to hear from it everywhere.</summary>
internal static class GoldenReplies
{
    /// <summary>Writes a reply beside each request that has none.</summary>
    /// <param name="folder">Where the version's files are.</param>
    /// <param name="manifest">All of them.</param>
    /// <param name="id">What it will be.</param>
    /// <param name="progress">Hears of it.</param>
    /// <param name="cancellationToken">Ends it; replies that are written by then stay.</param>
    /// <returns>The manifest with the new replies among the files.</returns>
    /// <exception cref="HybridException">The version does not load, or does not take a request; the message says which and why.</exception>
    public static async Task<ModelManifest> AddAsync(
        string folder, ModelManifest manifest, ModelVersion id, IFileProgress progress, CancellationToken cancellationToken)
    {
        var requests = GoldenFiles.RequestsWithoutReply(manifest);
        if (requests.Count == 0)
        {
            return manifest;
        }

        progress.Begin("computing golden replies", requests.Sum(request => request.Size));
        await using var host = await TrialHost.StartAsync(folder, manifest, id, cancellationToken);
        var files = manifest.Files.ToList();
        foreach (var request in requests)
        {
            var done = progress.File(request.Path, request.Size);
            files.Add(await AnswerAsync(host, folder, request.Path, cancellationToken));
            done.Report(request.Size);
        }

        return manifest with { Files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)] };
    }

    private static async Task<ModelFile> AnswerAsync(TrialHost host, string folder, string request, CancellationToken cancellationToken)
    {
        var asked = await GoldenFiles.ReadRequestAsync(folder, request, cancellationToken);
        byte[] reply;
        try
        {
            // What time it took is no part of an answer.
            reply = Wire.Encode(await host.AskAsync(asked, cancellationToken) with { Timings = default });
        }
        catch (HybridException exception)
        {
            throw new HybridException(exception.Error with { Message = $"{request} is not answered: {exception.Message}" }, exception);
        }

        var path = GoldenFiles.ReplyTo(request);
        await File.WriteAllBytesAsync(Path.Combine(folder, path), reply, cancellationToken);
        return new ModelFile(path, reply.Length, Convert.ToHexStringLower(SHA256.HashData(reply)));
    }
}
