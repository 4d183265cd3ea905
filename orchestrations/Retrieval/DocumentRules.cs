using System.Text;
using System.Text.RegularExpressions;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>What a document must be to get into a collection.</summary>
internal static partial class DocumentRules
{
    /// <exception cref="HybridException">The first document that is not acceptable; Param names its place.</exception>
    public static void Check(IReadOnlyList<IndexedDocument> documents, RetrievalOptions options)
    {
        if (documents.Count == 0)
        {
            throw new HybridException(ErrorCode.Unprocessable, "documents is empty.", "documents");
        }

        if (documents.Count > options.MaxDocumentsPerRequest)
        {
            throw new HybridException(
                ErrorCode.PayloadTooLarge, $"{documents.Count} documents; at most {options.MaxDocumentsPerRequest} are taken at once.", "documents");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < documents.Count; i++)
        {
            if (Fault(documents[i], options) is var (field, fault))
            {
                throw new HybridException(ErrorCode.Unprocessable, $"documents[{i}].{field} {fault}.", $"documents[{i}].{field}");
            }

            if (!ids.Add(documents[i].Id))
            {
                throw new HybridException(ErrorCode.Unprocessable, $"documents[{i}].id is the id of an earlier document.", $"documents[{i}].id");
            }
        }
    }

    private const int MaxTitleBytes = 512;

    private const int MaxMetadataBytes = 4096;

    private static (string Field, string Fault)? Fault(IndexedDocument document, RetrievalOptions options)
    {
        if (!Id().IsMatch(document.Id))
        {
            return ("id", "has 1 to 128 letters, digits, '.', '_', ':' and '-'");
        }

        if (string.IsNullOrWhiteSpace(document.Text))
        {
            return ("text", "is empty");
        }

        return Over("text", Encoding.UTF8.GetByteCount(document.Text), options.MaxTextBytes)
            ?? Over("title", Encoding.UTF8.GetByteCount(document.Title), MaxTitleBytes)
            ?? Over("metadata", document.Metadata.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value)), MaxMetadataBytes);
    }

    private static (string Field, string Fault)? Over(string field, int bytes, int most) =>
        bytes <= most ? null : (field, $"has {bytes} bytes, more than {most}; split it");

    [GeneratedRegex(@"^[A-Za-z0-9._:-]{1,128}\z")]
    private static partial Regex Id();
}
