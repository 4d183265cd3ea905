using Hybrid.Models.Attention;
using Hybrid.Onnx;

namespace Hybrid.Models.Transformers;

/// <summary>
/// A GPT-2 decoder with random weights, as Optimum exports one for text generation with past. Its last layer is not tied to the
/// embeddings: tied random weights say the last word again for ever, these say another one after each context.
/// </summary>
public sealed class GptGraph
{
    public const float Epsilon = 1e-5f;

    private readonly GraphBuilder _graph;
    private readonly GptShape _shape;
    private readonly RandomLayers _layers;
    private readonly DecoderInterface _decoder;

    private GptGraph(GptShape shape, ulong seed)
    {
        _graph = new GraphBuilder("main_graph");
        (_shape, _layers) = (shape, new RandomLayers(_graph, seed));
        _decoder = new DecoderInterface(_graph, shape.Layers, shape.Heads, shape.HeadSize);
    }

    public static OnnxModel Build(GptShape shape, ulong seed) => new GptGraph(shape, seed).Build();

    private OnnxModel Build()
    {
        var hidden = _graph.Add(
            _layers.Embedding("transformer.wte", _decoder.InputIds, _shape.VocabularySize, _shape.HiddenSize),
            _layers.Embedding("transformer.wpe", _decoder.PositionIds, _shape.MaxPositions, _shape.HiddenSize));
        for (var layer = 0; layer < _shape.Layers; layer++)
            hidden = Layer(layer, $"transformer.h.{layer}", hidden);

        hidden = Norm("transformer.ln_f", hidden);
        _decoder.Output(_layers.Product("lm_head", hidden, _shape.HiddenSize, _shape.VocabularySize), _shape.VocabularySize);
        return _graph.Build();
    }

    private Value Layer(int layer, string name, Value hidden)
    {
        hidden = _graph.Add(hidden, Attend(layer, $"{name}.attn", Norm($"{name}.ln_1", hidden)));
        var wide = _layers.Gelu(_layers.Linear($"{name}.mlp.c_fc", Norm($"{name}.ln_2", hidden), _shape.HiddenSize, _shape.InnerSize));
        return _graph.Add(hidden, _layers.Linear($"{name}.mlp.c_proj", wide, _shape.InnerSize, _shape.HiddenSize));
    }

    private Value Attend(int layer, string name, Value hidden)
    {
        var projected = _layers.Linear($"{name}.c_attn", hidden, _shape.HiddenSize, 3 * _shape.HiddenSize);
        var (keys, values) = _decoder.Extend(layer, Heads(projected, 1), Heads(projected, 2));
        var scores = _graph.Div(_graph.Scores(Heads(projected, 0), keys), _graph.Constant(MathF.Sqrt(_shape.HeadSize)));
        var attended = _graph.MergeHeads(_graph.MatMul(_graph.Shares(scores, _decoder.Allowed), values), _shape.Heads, _shape.HeadSize);
        return _layers.Linear($"{name}.c_proj", attended, _shape.HiddenSize, _shape.HiddenSize);
    }

    /// <summary>Of queries, keys and values beside each other, those that come as number <paramref name="part"/>.</summary>
    private Value Heads(Value projected, int part) =>
        _graph.SplitHeads(
            _graph.Slice(projected, part * _shape.HiddenSize, (part + 1) * _shape.HiddenSize, axis: 2), _shape.Heads, _shape.HeadSize);

    private Value Norm(string name, Value a) => _layers.LayerNorm(name, a, _shape.HiddenSize, Epsilon);
}
