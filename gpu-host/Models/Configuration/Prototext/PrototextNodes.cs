namespace Hybrid.GpuHost.Models.Configuration.Prototext;

/// <summary>A message's fields in the order of the text; one that stands several times, or has a list, is there for each value.</summary>
internal sealed record ProtoMessage(IReadOnlyList<ProtoField> Fields, int Line) : ProtoValue(Line);

/// <summary>A number, a word (an enumeration's, <c>true</c>, <c>false</c>) or a text, as written.</summary>
internal sealed record ProtoScalar(string Text, bool IsString, int Line) : ProtoValue(Line);

internal abstract record ProtoValue(int Line);

internal sealed record ProtoField(string Name, ProtoValue Value, int Line);

/// <summary>The text is no prototext.</summary>
internal sealed class PrototextException(int line, string message) : Exception(message)
{
    public int Line => line;
}
