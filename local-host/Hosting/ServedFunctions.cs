namespace Hybrid.LocalHost.Hosting;

/// <summary>The types whose functions this host serves.</summary>
internal sealed record ServedFunctions(IReadOnlyList<Type> Types);
