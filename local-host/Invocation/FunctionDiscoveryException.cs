namespace Hybrid.LocalHost.Invocation;

/// <summary>There are functions that this host cannot serve.</summary>
internal sealed class FunctionDiscoveryException(IReadOnlyList<string> errors)
    : Exception($"These functions cannot be served:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}")
{
    public IReadOnlyList<string> Errors => errors;
}
