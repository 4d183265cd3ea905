using Hybrid.Models.Attention;
using Hybrid.Onnx;

namespace Hybrid.Models.Transformers;

/// <summary>A BERT encoder with random weights, as Optimum exports one for feature extraction.</summary>
public sealed class BertGraph
{
    public const float Epsilon = 1e-12f;

    private readonly GraphBuilder _graph;
    private readonly BertShape _shape;
    private readonly RandomLayers _layers;

    private BertGraph(BertShape shape, ulong seed)
    {
        _graph = new GraphBuilder("main_graph");
        (_shape, _layers) = (shape, new RandomLayers(_graph, seed));
    }

    public static OnnxModel Build(BertShape shape, ulong seed) => new BertGraph(shape, seed).Build();

    private OnnxModel Build()
    {
        var ids = _graph.Input("input_ids", ElementType.Int64, "batch_size", "sequence_length");
        var mask = _graph.Input("attention_mask", ElementType.Int64, "batch_size", "sequence_length");
        var types = _graph.Input("token_type_ids", ElementType.Int64, "batch_size", "sequence_length");

        var allowed = _graph.Unsqueeze(_graph.Cast(mask, ElementType.Bool), 1, 2);
        var hidden = Embed(ids, types);
        for (var layer = 0; layer < _shape.Layers; layer++)
            hidden = Layer($"encoder.layer.{layer}", hidden, allowed);

        _graph.Output("last_hidden_state", hidden, ElementType.Float, "batch_size", "sequence_length", _shape.HiddenSize);
        return _graph.Build();
    }

    private Value Embed(Value ids, Value types)
    {
        var words = _layers.Embedding("embeddings.word_embeddings", ids, _shape.VocabularySize, _shape.HiddenSize);
        var segments = _layers.Embedding("embeddings.token_type_embeddings", types, _shape.TypeVocabularySize, _shape.HiddenSize);
        var table = _layers.Table("embeddings.position_embeddings", _shape.MaxPositions, _shape.HiddenSize, deviation: 1);
        var positions = _graph.Slice(table, _graph.Constants(0), _graph.Length(ids, 1), axis: 0);
        return _layers.LayerNorm("embeddings.LayerNorm", _graph.Add(_graph.Add(words, segments), positions), _shape.HiddenSize, Epsilon);
    }

    private Value Layer(string name, Value hidden, Value allowed)
    {
        var attended = Linear($"{name}.attention.output.dense", Attend($"{name}.attention.self", hidden, allowed), _shape.HiddenSize);
        hidden = Norm($"{name}.attention.output.LayerNorm", _graph.Add(attended, hidden));

        var wide = _layers.Gelu(Linear($"{name}.intermediate.dense", hidden, _shape.IntermediateSize));
        var narrow = _layers.Linear($"{name}.output.dense", wide, _shape.IntermediateSize, _shape.HiddenSize);
        return Norm($"{name}.output.LayerNorm", _graph.Add(narrow, hidden));
    }

    private Value Attend(string name, Value hidden, Value allowed)
    {
        var queries = Heads(Linear($"{name}.query", hidden, _shape.HiddenSize));
        var keys = Heads(Linear($"{name}.key", hidden, _shape.HiddenSize));
        var values = Heads(Linear($"{name}.value", hidden, _shape.HiddenSize));
        var scores = _graph.Div(_graph.Scores(queries, keys), _graph.Constant(MathF.Sqrt(_shape.HeadSize)));
        return _graph.MergeHeads(_graph.MatMul(_graph.Shares(scores, allowed), values), _shape.Heads, _shape.HeadSize);
    }

    private Value Heads(Value a) => _graph.SplitHeads(a, _shape.Heads, _shape.HeadSize);

    private Value Linear(string name, Value a, int outputs) => _layers.Linear(name, a, _shape.HiddenSize, outputs);

    private Value Norm(string name, Value a) => _layers.LayerNorm(name, a, _shape.HiddenSize, Epsilon);
}
