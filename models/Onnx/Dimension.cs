namespace Hybrid.Onnx;

/// <summary>One dimension of an input or output: a length, or the name of a length that is known only at run time.</summary>
public readonly record struct Dimension
{
    private Dimension(long? length, string? name) => (Length, Name) = (length, name);

    public long? Length { get; }

    public string? Name { get; }

    public static implicit operator Dimension(long length) => new(length, null);

    public static implicit operator Dimension(string name) => new(null, name);
}
