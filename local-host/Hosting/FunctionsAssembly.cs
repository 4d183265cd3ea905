using System.Reflection;

namespace Hybrid.LocalHost.Hosting;

/// <summary>The assembly whose functions this host serves.</summary>
internal sealed record FunctionsAssembly(Assembly Assembly);
