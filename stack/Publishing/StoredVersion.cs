namespace Hybrid.Stack.Publishing;

/// <summary>A version as a repository holds it.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Files">How many, the manifest left out.</param>
/// <param name="Bytes">Of these files together.</param>
/// <param name="IsPublished">Hosts take it. What they do not take is an upload that goes on, or one that was broken off.</param>
public sealed record StoredVersion(ModelVersion Id, int Files, long Bytes, bool IsPublished);
