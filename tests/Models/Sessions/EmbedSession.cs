using Hybrid.Models.Encoders;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Models.Tests.Sessions;

/// <summary>demo-embed with what a host does after it: mean pooling and unit length.</summary>
public sealed class EmbedSession(string folder) : IDisposable
{
    private readonly InferenceSession _session = new(Path.Combine(folder, "model.onnx"));
    private readonly WordPieceSession _tokenizer = new(folder);

    public float[][] Embed(params IReadOnlyList<string> texts)
    {
        var batch = Batch.Of([.. texts.Select(text => _tokenizer.Encode(text).Ids)]);
        using var ids = OrtValue.CreateTensorValueFromMemory(batch.Ids, [batch.Rows, batch.Columns]);
        using var mask = OrtValue.CreateTensorValueFromMemory(batch.Mask, [batch.Rows, batch.Columns]);
        using var run = new RunOptions();
        using var results = _session.Run(run, ["input_ids", "attention_mask"], [ids, mask], ["last_hidden_state"]);
        var hidden = results[0].GetTensorDataAsSpan<float>();
        var vectors = new float[batch.Rows][];
        for (var row = 0; row < batch.Rows; row++)
            vectors[row] = Pool(hidden.Slice(row * batch.Columns * EmbedModel.Dimensions, batch.Columns * EmbedModel.Dimensions));
        return vectors;
    }

    public void Dispose()
    {
        _session.Dispose();
        _tokenizer.Dispose();
    }

    private static float[] Pool(ReadOnlySpan<float> tokens)
    {
        var sum = new float[EmbedModel.Dimensions];
        for (var i = 0; i < tokens.Length; i++)
            sum[i % sum.Length] += tokens[i];
        var norm = MathF.Sqrt(sum.Sum(x => x * x));
        return [.. sum.Select(x => x / MathF.Max(norm, 1e-12f))];
    }
}
