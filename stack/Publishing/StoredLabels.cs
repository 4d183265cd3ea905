using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing;

/// <summary>A model's labels as they were read.</summary>
/// <param name="Labels">Null: there is no document.</param>
/// <param name="Revision">Given back when they are written, so that nobody's change meanwhile is lost; null when there was none.</param>
public sealed record StoredLabels(ModelLabels? Labels, string? Revision);
