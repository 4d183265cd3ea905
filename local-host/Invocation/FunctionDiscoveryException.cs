using System.Reflection;

namespace Hybrid.LocalHost.Invocation;

/// <summary>The functions assembly has functions that this host cannot serve.</summary>
internal sealed class FunctionDiscoveryException(Assembly assembly, IReadOnlyList<string> errors)
    : Exception($"{assembly.GetName().Name} cannot be served:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}")
{
    public IReadOnlyList<string> Errors => errors;
}
