using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Hybrid.Orchestrations.Results;

/// <summary>Results of queued runs, one blob each in the container <c>results</c>.</summary>
public sealed partial class ResultStore(BlobServiceClient blobs)
{
    public const string Container = "results";

    /// <summary>Whether an id may name a result: only these become part of a blob's path.</summary>
    public static bool IsValidId(string? id) => id is not null && Id().IsMatch(id);

    /// <summary>The rule in words, for error messages.</summary>
    public const string IdRule = "1 to 64 letters, digits, hyphens and underscores";

    /// <summary>Writes a result in place of what may be there: a second write of the same run changes nothing.</summary>
    public async Task WriteAsync(RunResult result, CancellationToken cancellation)
    {
        if (!IsValidId(result.Id))
        {
            throw new ArgumentException($"A result's id has {IdRule}.", nameof(result));
        }

        var container = blobs.GetBlobContainerClient(Container);
        try
        {
            await UploadAsync(container, result, cancellation);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await UploadAsync(container, result, cancellation);
        }
    }

    private static Task<Response<BlobContentInfo>> UploadAsync(BlobContainerClient container, RunResult result, CancellationToken cancellation) =>
        container.GetBlobClient(result.Id + ".json").UploadAsync(
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(result)),
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } },
            cancellation);

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Id();
}
