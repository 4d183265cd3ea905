namespace Hybrid.GpuHost.Weights;

/// <summary>A small file of a source, read at once.</summary>
/// <param name="Content">All of it.</param>
/// <param name="ETag">Another one as soon as the file has another content.</param>
public sealed record SourceDocument(byte[] Content, string ETag);
