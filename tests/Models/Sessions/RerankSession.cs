using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Models.Tests.Sessions;

/// <summary>demo-rerank over pairs, [CLS] query [SEP] passage [SEP].</summary>
public sealed class RerankSession(string folder) : IDisposable
{
    private readonly InferenceSession _session = new(Path.Combine(folder, "model.onnx"));
    private readonly WordPieceSession _tokenizer = new(folder);

    public float[] Score(string query, params IReadOnlyList<string> passages)
    {
        var pairs = passages.Select(passage => _tokenizer.Encode(query, passage)).ToArray();
        var batch = Batch.Of([.. pairs.Select(pair => pair.Ids)]);
        var types = Batch.Of([.. pairs.Select(pair => pair.Types)]).Ids;

        using var ids = OrtValue.CreateTensorValueFromMemory(batch.Ids, [batch.Rows, batch.Columns]);
        using var mask = OrtValue.CreateTensorValueFromMemory(batch.Mask, [batch.Rows, batch.Columns]);
        using var typeIds = OrtValue.CreateTensorValueFromMemory(types, [batch.Rows, batch.Columns]);
        using var run = new RunOptions();
        using var results = _session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [ids, mask, typeIds], ["logits"]);
        return [.. results[0].GetTensorDataAsSpan<float>()];
    }

    public void Dispose()
    {
        _session.Dispose();
        _tokenizer.Dispose();
    }
}
