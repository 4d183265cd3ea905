using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Requests;

/// <summary>What is known of a request before its body is read; made by the middleware, found by the functions.</summary>
/// <param name="RequestId">The client's <c>x-request-id</c>, or one of ours.</param>
/// <param name="Deadline">When the answer must be there.</param>
internal sealed record ApiCall(string RequestId, Deadline Deadline)
{
    private string? _tenant;

    /// <summary>On whose behalf; known once the API key is.</summary>
    /// <exception cref="InvalidOperationException">The function is served without authentication and has no tenant.</exception>
    public string Tenant => _tenant ?? throw new InvalidOperationException("This request was not authenticated.");

    public static ApiCall Of(HttpRequest request) => Of(request.HttpContext);

    public static ApiCall Of(HttpContext context) =>
        context.Features.Get<ApiCall>() ?? throw new InvalidOperationException("ApiCallMiddleware did not run.");

    public void Authenticate(string tenant) => _tenant = tenant;

    public PoolCall ToPoolCall() => new(Tenant, RequestId, Deadline);
}
