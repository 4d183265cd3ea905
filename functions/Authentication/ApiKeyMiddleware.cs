using Hybrid.Contracts.Errors;
using Hybrid.Functions.Http;
using Hybrid.Functions.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Authentication;

/// <summary>
/// Lets nobody in without a key. The Functions host cannot do this for us: it knows keys only as <c>x-functions-key</c> or
/// in the URL, while OpenAI's clients send bearer tokens; so the routes are anonymous to the host and guarded here.
/// </summary>
internal sealed class ApiKeyMiddleware : IFunctionsWorkerMiddleware
{
    private readonly ApiKeys _keys;
    private readonly AuthenticationOptions _options;

    public ApiKeyMiddleware(ApiKeys keys, IOptions<AuthenticationOptions> options, ILogger<ApiKeyMiddleware> logger)
    {
        _keys = keys;
        _options = options.Value;
        if (_options.AllowAnonymous)
        {
            Log.AnonymousAllowed(logger, _options.AnonymousTenant);
        }
        else if (keys.IsEmpty)
        {
            Log.NoApiKeys(logger);
        }
    }

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && !HealthFunctions.Names.Contains(context.FunctionDefinition.Name))
        {
            ApiCall.Of(http).Authenticate(TenantOf(http.Request));
        }

        return next(context);
    }

    private string TenantOf(HttpRequest request)
    {
        var given = ApiKeyHeaders.Read(request.Headers);
        if (given is null)
        {
            return _options.AllowAnonymous ? _options.AnonymousTenant : throw Unauthenticated(_keys.IsEmpty ? NothingConfigured : NoKey);
        }

        return _keys.FindTenant(given) ?? throw Unauthenticated(_keys.IsEmpty ? NothingConfigured : "The API key is not known.");
    }

    private const string NoKey = "There is no API key in the request. Send it as 'Authorization: Bearer <key>', 'api-key' or 'x-functions-key'.";

    private const string NothingConfigured =
        "This server has no API key configured, so it lets nobody in. Its operator sets ApiKeys__0__Key and ApiKeys__0__Tenant, "
        + "or Authentication__AllowAnonymous=true to serve everybody.";

    private static HybridException Unauthenticated(string message) => new(ErrorCode.Unauthenticated, message);
}
