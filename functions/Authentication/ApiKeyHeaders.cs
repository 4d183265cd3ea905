using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Authentication;

/// <summary>Where a key may stand: as OpenAI's, Azure OpenAI's and Azure Functions' clients send it. Never in the URL, which ends up in logs.</summary>
internal static class ApiKeyHeaders
{
    /// <summary>The key, or null when there is none; a header that is given counts, even when it is empty.</summary>
    public static string? Read(IHeaderDictionary headers)
    {
        if (headers.Authorization is [{ } authorization])
        {
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : "";
        }

        return headers["api-key"] is [{ } azure] ? azure : headers["x-functions-key"] is [{ } functions] ? functions : null;
    }

    private const string Bearer = "Bearer ";
}
