using Hybrid.Models;

namespace Hybrid.Stack.Calls;

/// <summary>The collection that the demo asks: Hybrid's own handbook.</summary>
public static class Handbook
{
    public const string Collection = "handbook";

    internal const string ChatBody =
        """{"model":"demo-generate","messages":[{"role":"system","content":"Weights are mapped, not copied."},{"role":"user","content":"Are weights copied?"}]}""";

    internal const string RerankBody =
        """{"model":"demo-rerank","query":"Where do results go?","documents":["Weights are mapped.","Results are written to a blob."],"return_documents":true}""";

    internal const string RagBody = """{"collection":"handbook","question":"How long does a stage of the pipeline get?"}""";

    public static async Task IndexAsync(ApiCalls api, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var passages = Corpus.Passages;
        await api.PutDocumentsAsync(Collection, passages.Select(passage => new Document(passage.Id, passage.Title, passage.Text)), cancellationToken);
        progress.Report($"collection '{Collection}': {passages.Count} passages indexed");
    }
}
