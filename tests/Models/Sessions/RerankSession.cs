using Hybrid.Models.Encoders;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Models.Tests.Sessions;

/// <summary>demo-rerank over pairs as its tokenizer's template has them: [CLS] query [SEP] passage [SEP].</summary>
public sealed class RerankSession(string folder) : IDisposable
{
    private readonly InferenceSession _session = new(Path.Combine(folder, "model.onnx"));
    private readonly TextTokenizer _tokenizer = new(folder, EncoderTokenizer.Vocabulary);

    public float[] Score(string query, params IReadOnlyList<string> passages)
    {
        var begin = (long)EncoderTokenizer.Vocabulary.Special("[CLS]");
        var separator = (long)EncoderTokenizer.Vocabulary.Special("[SEP]");
        long[] first = [begin, .. _tokenizer.Encode(query), separator];
        var batch = Batch.Of([.. passages.Select(passage => (long[])[.. first, .. _tokenizer.Encode(passage), separator])]);
        var types = batch.Mask.Select((real, i) => i % batch.Columns >= first.Length ? real : 0).ToArray();

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
