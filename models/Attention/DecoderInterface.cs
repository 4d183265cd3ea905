using Hybrid.Onnx;

namespace Hybrid.Models.Attention;

/// <summary>The inputs and outputs of a decoder with a cache, under the names that Hugging Face Optimum gives them.</summary>
public sealed class DecoderInterface
{
    private const string Batch = "batch_size";
    private const string Sequence = "sequence_length";
    private const string Past = "past_sequence_length";
    private const string Total = "past_sequence_length + sequence_length";

    private readonly GraphBuilder _graph;
    private readonly int _heads;
    private readonly int _headSize;
    private readonly (Value Keys, Value Values)[] _past;
    private readonly (Value Keys, Value Values)[] _present;

    /// <summary>Declares <c>input_ids</c>, <c>attention_mask</c>, <c>position_ids</c> and a past key and value per layer.</summary>
    public DecoderInterface(GraphBuilder graph, int layers, int heads, int headSize)
    {
        (_graph, _heads, _headSize) = (graph, heads, headSize);
        InputIds = graph.Input("input_ids", ElementType.Int64, Batch, Sequence);
        AttentionMask = graph.Input("attention_mask", ElementType.Int64, Batch, Total);
        PositionIds = graph.Input("position_ids", ElementType.Int64, Batch, Sequence);
        _past = [.. Enumerable.Range(0, layers).Select(layer => (PastInput(layer, "key"), PastInput(layer, "value")))];
        _present = new (Value, Value)[layers];
        Allowed = MakeAllowed();
    }

    /// <summary>[batch, sequence]</summary>
    public Value InputIds { get; }

    /// <summary>[batch, past + sequence]: 1 for a token, 0 for padding, wherever it stands.</summary>
    public Value AttentionMask { get; }

    /// <summary>[batch, sequence]: which token of its text each one is, padding not counted.</summary>
    public Value PositionIds { get; }

    /// <summary>[batch, 1, sequence, past + sequence]: whether the row's token may look at the column's: no padding, nothing later.</summary>
    public Value Allowed { get; }

    /// <summary>All keys and all values of a layer, the past ones first; they become its <c>present</c>.</summary>
    /// <param name="layer">From 0.</param>
    /// <param name="key">The new ones, [batch, heads, sequence, head size].</param>
    /// <param name="value">Likewise.</param>
    public (Value Keys, Value Values) Extend(int layer, Value key, Value value) =>
        _present[layer] = (_graph.Concat(2, _past[layer].Keys, key), _graph.Concat(2, _past[layer].Values, value));

    /// <summary>Declares the outputs: <c>logits</c>, and each layer's present key and value.</summary>
    public void Output(Value logits, int vocabulary)
    {
        _graph.Output("logits", logits, ElementType.Float, Batch, Sequence, vocabulary);
        for (var layer = 0; layer < _present.Length; layer++)
        {
            _graph.Output($"present.{layer}.key", _present[layer].Keys, ElementType.Float, Batch, _heads, Total, _headSize);
            _graph.Output($"present.{layer}.value", _present[layer].Values, ElementType.Float, Batch, _heads, Total, _headSize);
        }
    }

    private Value PastInput(int layer, string what) =>
        _graph.Input($"past_key_values.{layer}.{what}", ElementType.Float, Batch, _heads, Past, _headSize);

    private Value MakeAllowed()
    {
        var total = _graph.Length(AttentionMask, 1);
        var past = _graph.Sub(total, _graph.Length(InputIds, 1));
        var columns = _graph.Range(_graph.Constant(0L), _graph.Squeeze(total, 0));
        var rows = _graph.Unsqueeze(_graph.Range(_graph.Squeeze(past, 0), _graph.Squeeze(total, 0)), 1);
        var notLater = _graph.LessOrEqual(columns, rows);
        var noPadding = _graph.Unsqueeze(_graph.Cast(AttentionMask, ElementType.Bool), 1, 2);
        return _graph.And(notLater, noPadding);
    }
}
