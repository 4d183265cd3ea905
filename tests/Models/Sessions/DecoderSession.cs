using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Models.Tests.Sessions;

/// <summary>Greedy decoding with a cache, of any decoder in Optimum's form: the plainest host there is, to compare others with.</summary>
public sealed class DecoderSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string[] _past;

    public DecoderSession(string path)
    {
        _session = new InferenceSession(path);
        _past = [.. _session.InputNames.Where(name => name.StartsWith("past_key_values.", StringComparison.Ordinal))];
    }

    /// <summary>The tokens after each prompt, up to and with the end token, or as many as asked for.</summary>
    public List<long>[] Generate(IReadOnlyList<long[]> prompts, long end, int most, PaddingSide side = PaddingSide.Left)
    {
        var batch = Batch.Of(prompts, side);
        var rows = batch.Rows;
        var answers = Enumerable.Range(0, rows).Select(_ => new List<long>()).ToArray();
        var masks = batch.Mask.Chunk(batch.Columns).Select(mask => mask.ToList()).ToArray();
        var positions = masks.SelectMany(Positions).ToArray();
        var ids = batch.Ids;
        var columns = batch.Columns;
        var past = _past.Select(name => Empty(rows, name)).ToArray();
        try
        {
            for (var step = 0; step < most; step++)
            {
                var outputs = Run(ids, [.. masks.SelectMany(mask => mask)], positions, past, rows, columns);
                var next = Enumerable.Range(0, rows)
                    .Select(row => ArgMax(outputs[0], row, columns, step == 0 && side == PaddingSide.Right ? prompts[row].Length - 1 : columns - 1))
                    .ToArray();
                outputs[0].Dispose();
                foreach (var value in past)
                    value.Dispose();
                past = [.. outputs.Skip(1)];

                for (var row = 0; row < rows; row++)
                {
                    if (answers[row].Count == 0 || answers[row][^1] != end)
                        answers[row].Add(next[row]);
                    masks[row].Add(1);
                }

                if (answers.All(answer => answer[^1] == end))
                    break;
                (ids, columns) = (next, 1);
                positions = [.. masks.Select(mask => mask.Sum() - 1)];
            }
        }
        finally
        {
            foreach (var value in past)
                value.Dispose();
        }

        return answers;
    }

    public void Dispose() => _session.Dispose();

    private static IEnumerable<long> Positions(List<long> mask)
    {
        long count = 0;
        return mask.Select(real => Math.Max((count += real) - 1, 0)).ToArray();
    }

    private static long ArgMax(OrtValue logits, int row, int columns, int column)
    {
        var data = logits.GetTensorDataAsSpan<float>();
        var vocabulary = (int)logits.GetTensorTypeAndShape().Shape[2];
        var scores = data.Slice((row * columns + column) * vocabulary, vocabulary);
        var best = 0;
        for (var id = 1; id < scores.Length; id++)
        {
            if (scores[id] > scores[best])
                best = id;
        }

        return best;
    }

    private OrtValue Empty(int rows, string name)
    {
        var shape = _session.InputMetadata[name].Dimensions;
        return OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [rows, shape[1], 0, shape[3]]);
    }

    private OrtValue[] Run(long[] ids, long[] mask, long[] positions, OrtValue[] past, int rows, int columns)
    {
        using var idValue = OrtValue.CreateTensorValueFromMemory(ids, [rows, columns]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [rows, mask.Length / rows]);
        using var positionValue = OrtValue.CreateTensorValueFromMemory(positions, [rows, columns]);
        using var run = new RunOptions();
        string[] outputs = ["logits", .. _past.Select(name => name.Replace("past_key_values", "present", StringComparison.Ordinal))];
        var results = _session.Run(
            run, ["input_ids", "attention_mask", "position_ids", .. _past], [idValue, maskValue, positionValue, .. past], outputs);
        return [.. results];
    }
}
