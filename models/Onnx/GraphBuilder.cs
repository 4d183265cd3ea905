using System.Runtime.InteropServices;
using Google.Protobuf;
using Hybrid.Onnx.Schema;

namespace Hybrid.Onnx;

/// <summary>
/// Builds a model node by node, in the order of the computation:
/// <code>
/// var graph = new GraphBuilder("double");
/// var x = graph.Input("x", ElementType.Float, "batch", 4);
/// graph.Output("y", graph.Add(x, x), ElementType.Float, "batch", 4);
/// byte[] model = graph.Build().ToBytes();
/// </code>
/// Names that are not given are made from the operator's name and a counter, so equal calls make equal bytes.
/// </summary>
public sealed class GraphBuilder(string name)
{
    private readonly GraphProto _graph = new() { Name = name };
    private readonly Dictionary<string, long> _domains = new(StringComparer.Ordinal) { [OnnxVersions.StandardDomain] = OnnxVersions.OperatorSet };
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Declares an input of the model.</summary>
    public Value Input(string name, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        _graph.Input.Add(Describe(name, type, shape));
        return Define(name);
    }

    /// <summary>Declares an output of the model, and gives <paramref name="value"/> that name.</summary>
    public void Output(string name, Value value, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        _graph.Output.Add(Describe(name, type, shape));
        _graph.Node.Add(new NodeProto { Name = $"Output_{name}", OpType = "Identity", Input = { Known(value).Name }, Output = { Define(name).Name } });
    }

    /// <summary>Weights, row by row.</summary>
    public Value Initializer(string name, ReadOnlyMemory<float> data, params ReadOnlySpan<long> shape) =>
        Initializer(name, ElementType.Float, MemoryMarshal.AsBytes(data.Span).ToArray(), data.Length, shape);

    /// <inheritdoc cref="Initializer(string, ReadOnlyMemory{float}, ReadOnlySpan{long})"/>
    public Value Initializer(string name, ReadOnlyMemory<long> data, params ReadOnlySpan<long> shape) =>
        Initializer(name, ElementType.Int64, MemoryMarshal.AsBytes(data.Span).ToArray(), data.Length, shape);

    /// <summary>A number without dimensions; equal ones share one initializer.</summary>
    public Value Constant(float value) => Constant($"f{value:R}", name => Initializer(name, new[] { value }));

    /// <inheritdoc cref="Constant(float)"/>
    public Value Constant(long value) => Constant($"i{value}", name => Initializer(name, new[] { value }));

    /// <summary>A list of whole numbers, as shapes and axes are; equal ones share one initializer.</summary>
    public Value Constants(params long[] values) =>
        Constant($"i[{string.Join(',', values)}]", name => Initializer(name, values, values.Length));

    /// <summary>A node with one output.</summary>
    public Value Node(string operation, ReadOnlySpan<Value> inputs, params ReadOnlySpan<NodeAttribute> attributes) =>
        Node(operation, OnnxVersions.StandardDomain, 1, inputs, attributes)[0];

    /// <summary>A node of any domain (its version is 1 unless it is the standard one) with any number of outputs.</summary>
    public IReadOnlyList<Value> Node(
        string operation, string domain, int outputs, ReadOnlySpan<Value> inputs, params ReadOnlySpan<NodeAttribute> attributes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _domains.TryAdd(domain, 1);
        var nodeName = NextName(operation);
        var node = new NodeProto { Name = nodeName, OpType = operation, Domain = domain };
        foreach (var input in inputs)
            node.Input.Add(Known(input).Name);
        foreach (var attribute in attributes)
            node.Attribute.Add(attribute.Proto);

        var results = new Value[outputs];
        for (var i = 0; i < outputs; i++)
        {
            results[i] = Define(outputs == 1 ? nodeName + ":0" : $"{nodeName}:{i}");
            node.Output.Add(results[i].Name);
        }

        _graph.Node.Add(node);
        return results;
    }

    /// <summary>The finished model.</summary>
    public OnnxModel Build()
    {
        var model = new ModelProto
        {
            IrVersion = OnnxVersions.IntermediateRepresentation,
            ProducerName = "hybrid",
            Graph = _graph,
        };
        model.OpsetImport.AddRange(_domains
            .OrderBy(domain => domain.Key, StringComparer.Ordinal)
            .Select(domain => new OperatorSetIdProto { Domain = domain.Key, Version = domain.Value }));
        return new OnnxModel(model);
    }

    private static ValueInfoProto Describe(string name, ElementType type, ReadOnlySpan<Dimension> shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = new TensorShapeProto() };
        foreach (var dimension in shape)
        {
            tensor.Shape.Dim.Add(dimension.Length is { } length
                ? new TensorShapeProto.Types.Dimension { DimValue = length }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension.Name });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private Value Initializer(string name, ElementType type, byte[] data, int count, ReadOnlySpan<long> shape)
    {
        long expected = 1;
        foreach (var length in shape)
            expected *= length;
        if (expected != count)
            throw new ArgumentException($"'{name}' has {count} elements, but its shape [{string.Join(", ", shape.ToArray())}] holds {expected}.");

        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(data) };
        tensor.Dims.AddRange(shape.ToArray());
        _graph.Initializer.Add(tensor);
        return Define(name);
    }

    private Value Constant(string key, Func<string, Value> make)
    {
        if (!_constants.TryGetValue(key, out var value))
            _constants[key] = value = make($"constant_{_constants.Count}");
        return value;
    }

    private Value Define(string name) =>
        _names.Add(name) ? new Value(name) : throw new ArgumentException($"The graph already has a value named '{name}'.", nameof(name));

    private Value Known(Value value) =>
        _names.Contains(value.Name)
            ? value
            : throw new ArgumentException($"The graph has no value named '{value.Name}'.", nameof(value));

    private string NextName(string operation)
    {
        var count = _counters.GetValueOrDefault(operation);
        _counters[operation] = count + 1;
        return $"{operation}_{count}";
    }
}
