using Hybrid.GpuHost.Execution;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Generation.Decoding;

/// <summary>Runs a decoder on the next tokens of a group of sequences.</summary>
internal sealed class Decoder
{
    private readonly IInferenceEngine _engine;
    private readonly string[] _inputNames;
    private readonly OutputRequest[] _outputs;

    /// <exception cref="InvalidDataException">The engine's graph is no decoder of the form that is served.</exception>
    public Decoder(IInferenceEngine engine)
    {
        _engine = engine;
        Layout = DecoderLayout.Of(engine.Signature);
        _inputNames =
        [
            DecoderLayout.InputIds,
            .. Layout.TakesMask ? [DecoderLayout.AttentionMask] : Array.Empty<string>(),
            .. Layout.TakesPositions ? [DecoderLayout.PositionIds] : Array.Empty<string>(),
            .. Layout.Past.Select(spec => spec.Name),
        ];
        _outputs = [new OutputRequest(DecoderLayout.Logits), .. Layout.Present.Select(name => new OutputRequest(name, OnDevice: true))];
    }

    public DecoderLayout Layout { get; }

    /// <summary>Computes a block behind what is in the cache, and adds it there.</summary>
    /// <exception cref="OperationCanceledException">The token ended the run; the cache is as it was.</exception>
    public Logits Run(TokenBlock block, KeyValueCache cache, CancellationToken cancellationToken)
    {
        var total = cache.Length + block.Columns;
        var owned = new List<OrtValue> { Tensor(block.Ids, block.Rows, block.Columns) };
        try
        {
            if (Layout.TakesMask)
            {
                owned.Add(Tensor(block.Mask, block.Rows, total));
            }

            if (Layout.TakesPositions)
            {
                owned.Add(Tensor(block.Positions, block.Rows, block.Columns));
            }

            var outputs = _engine.Run(_inputNames, [.. owned, .. cache.Values], _outputs, cancellationToken);
            cache.Advance([.. outputs.Skip(1)], block.Columns);
            return new Logits(outputs[0]);
        }
        finally
        {
            owned.ForEach(value => value.Dispose());
        }
    }

    private static OrtValue Tensor(long[] data, int rows, int columns) => OrtValue.CreateTensorValueFromMemory(data, [rows, columns]);
}

/// <summary>The next tokens of a group, row by row.</summary>
/// <param name="Rows">Sequences.</param>
/// <param name="Columns">Tokens of each, padding included.</param>
/// <param name="Ids">[rows, columns]</param>
/// <param name="Positions">[rows, columns]: which token of its text each is.</param>
/// <param name="Mask">[rows, cached + columns]: 1 for a token, 0 for padding.</param>
internal sealed record TokenBlock(int Rows, int Columns, long[] Ids, long[] Positions, long[] Mask);
