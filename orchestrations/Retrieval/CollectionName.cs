using System.Text.RegularExpressions;
using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>A collection of one tenant. Only names that pass here become part of a blob's path.</summary>
public sealed partial record CollectionName
{
    private CollectionName(string tenant, string name) => (Tenant, Name) = (tenant, name);

    public string Tenant { get; }

    public string Name { get; }

    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: a name that is not allowed.</exception>
    public static CollectionName Of(string tenant, string name)
    {
        if (!IsValid(tenant))
        {
            throw new HybridException(ErrorCode.Unprocessable, $"A tenant's name has {Rule}.", "tenant");
        }

        return IsValid(name)
            ? new CollectionName(tenant, name)
            : throw new HybridException(ErrorCode.Unprocessable, $"A collection's name has {Rule}.", "collection");
    }

    /// <summary>Whether a tenant or a collection may be called this.</summary>
    public static bool IsValid(string? name) => name is not null && Allowed().IsMatch(name);

    public override string ToString() => $"{Tenant}/{Name}";

    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "1 to 63 characters: lower-case letters a-z, digits and, not at the ends, hyphens";

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Allowed();
}
