using Google.Protobuf;
using Hybrid.Onnx.Schema;

namespace Hybrid.Onnx;

/// <summary>A fixed setting of a node, as opposed to what flows into it.</summary>
public sealed class NodeAttribute
{
    private NodeAttribute(AttributeProto proto) => Proto = proto;

    internal AttributeProto Proto { get; }

    public static NodeAttribute Int(string name, long value) =>
        new(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });

    public static NodeAttribute Ints(string name, params long[] values) =>
        new(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } });

    public static NodeAttribute Float(string name, float value) =>
        new(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value });

    /// <summary>Text, written as UTF-8.</summary>
    public static NodeAttribute String(string name, string value) =>
        new(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) });
}
