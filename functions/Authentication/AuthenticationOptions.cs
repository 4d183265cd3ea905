using Hybrid.Orchestrations.Retrieval;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Authentication;

/// <summary>Who may call; sections <c>Authentication</c> and <c>ApiKeys</c>.</summary>
public sealed class AuthenticationOptions
{
    public const string Section = "Authentication";

    /// <summary>A list of its own, so that a vault's secrets map to it plainly: <c>ApiKeys--0--Key</c>.</summary>
    public const string KeysSection = "ApiKeys";

    /// <value>Serve requests without a key too; default false.</value>
    public bool AllowAnonymous { get; set; }

    /// <value>The tenant of requests without a key, where they are allowed; default <c>default</c>.</value>
    public string AnonymousTenant { get; set; } = "default";

    /// <value>Every key that opens the API; none by default, and then nothing is open.</value>
    public IList<ApiKeyOptions> ApiKeys { get; } = [];

    /// <summary>Everybody who can be behind a request.</summary>
    internal IEnumerable<string> Tenants => ApiKeys.Select(key => key.Tenant).Append(AnonymousTenant).Distinct();
}

/// <summary>One key.</summary>
public sealed class ApiKeyOptions
{
    /// <value>The secret; at least 16 characters.</value>
    public string Key { get; set; } = "";

    /// <value>Whom it stands for; several keys may stand for one tenant.</value>
    public string Tenant { get; set; } = "";
}

/// <summary>Reports every fault at once, and never a key.</summary>
internal sealed class AuthenticationOptionsValidator : IValidateOptions<AuthenticationOptions>
{
    public const int MinKeyLength = 16;

    public ValidateOptionsResult Validate(string? name, AuthenticationOptions options)
    {
        var errors = new List<string>();
        if (!CollectionName.IsValid(options.AnonymousTenant))
        {
            errors.Add($"Authentication:AnonymousTenant is '{options.AnonymousTenant}'; a tenant's name has {CollectionName.Rule}.");
        }

        for (var i = 0; i < options.ApiKeys.Count; i++)
        {
            var (key, tenant) = (options.ApiKeys[i].Key, options.ApiKeys[i].Tenant);
            if (key.Length < MinKeyLength)
            {
                errors.Add($"ApiKeys:{i}:Key has {key.Length} characters; at least {MinKeyLength} are needed.");
            }

            // Azure hands a reference that it could not resolve over as it is: text that anybody could guess.
            if (key.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase))
            {
                errors.Add($"ApiKeys:{i}:Key is a Key Vault reference that was not resolved; is the secret there, and may the app's identity read it?");
            }

            if (!CollectionName.IsValid(tenant))
            {
                errors.Add($"ApiKeys:{i}:Tenant is '{tenant}'; a tenant's name has {CollectionName.Rule}.");
            }

            if (options.ApiKeys.Take(i).Any(earlier => earlier.Key == key))
            {
                errors.Add($"ApiKeys:{i}:Key is an earlier key again.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
