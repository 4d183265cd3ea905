using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Orchestrations.Budgets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Requests;

/// <summary>Gives every HTTP request its id, which stands in its logs and its span, and its deadline.</summary>
internal sealed partial class ApiCallMiddleware(IOptions<RequestOptions> options, TimeProvider time, ILogger<ApiCallMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    private static readonly Func<ILogger, string, IDisposable?> Scope = LoggerMessage.DefineScope<string>("request {RequestId}");

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        context.GetHttpContext() is { } http ? InvokeAsync(context, http, next) : next(context);

    private async Task InvokeAsync(FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        // The id first: an error about the rest of the request is answered under it.
        var id = RequestId(http.Request);
        http.Response.Headers[HybridHeaders.RequestId] = id;
        if (Activity.Current is { Recorded: true } span)
        {
            span.SetTag("llm.request_id", id);
        }

        using (Scope(logger, id))
        {
            http.Features.Set(new ApiCall(id, Deadline.After(Budget(http.Request), time)));
            await next(context);
        }
    }

    private static string RequestId(HttpRequest request) =>
        request.Headers[HybridHeaders.RequestId] is [{ } given] && Acceptable().IsMatch(given) ? given : Guid.NewGuid().ToString("N");

    private TimeSpan Budget(HttpRequest request)
    {
        if (request.Headers[HybridHeaders.BudgetMs] is not [{ } given])
        {
            return options.Value.Timeout;
        }

        return long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is > 0 and < int.MaxValue
            ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, options.Value.MaxTimeout.TotalMilliseconds))
            : throw new HybridException(
                ErrorCode.InvalidRequest, $"{HybridHeaders.BudgetMs} is a whole number of milliseconds, at least 1.", HybridHeaders.BudgetMs);
    }

    // What may stand in logs and headers without harm.
    [GeneratedRegex(@"^[A-Za-z0-9._:-]{1,128}\z")]
    private static partial Regex Acceptable();
}
