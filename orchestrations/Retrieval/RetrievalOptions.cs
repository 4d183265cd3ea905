using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>Limits of collections; section <c>Retrieval</c>.</summary>
public sealed class RetrievalOptions
{
    public const string Section = "Retrieval";

    /// <value>Blob container of the collections; default <c>collections</c>.</value>
    [Required]
    [RegularExpression("^[a-z0-9](-?[a-z0-9]){2,62}$")]
    public string Container { get; set; } = "collections";

    /// <value>Most documents in a collection; 1 to 10,000,000, default 100,000: some 10 ms for a search of 384 dimensions on one core.</value>
    [Range(1, 10_000_000)]
    public int MaxDocuments { get; set; } = 100_000;

    /// <value>Most documents in one upsert; 1 to 10,000, default 1000: stays within one request's time.</value>
    [Range(1, 10_000)]
    public int MaxDocumentsPerRequest { get; set; } = 1000;

    /// <value>
    /// Most bytes of UTF-8 in one document's text; 1 to 4096, default 4096: some 700 words. An answer carries its sources' texts
    /// through the orchestration's history: eight of them stay below 200 KiB even where JSON makes six bytes of each.
    /// </value>
    [Range(1, 4096)]
    public int MaxTextBytes { get; set; } = 4096;

    /// <value>Texts in one call to a host while documents are indexed; 1 to 1024, default 32: a full batch on most devices.</value>
    [Range(1, 1024)]
    public int EmbedBatch { get; set; } = 32;

    /// <value>Largest index blob in bytes that is read; 1 KiB to 1 GiB, default 512 MiB.</value>
    [Range(1024, 1 << 30)]
    public int MaxIndexBytes { get; set; } = 512 << 20;

    /// <value>Bytes of indexes kept in memory, least recently used go first; 0 to 64 GiB, default 1 GiB.</value>
    [Range(0, 64L << 30)]
    public long CacheBytes { get; set; } = 1L << 30;
}

[OptionsValidator]
internal sealed partial class RetrievalOptionsValidator : IValidateOptions<RetrievalOptions>;
