using System.Diagnostics;
using Hybrid.LocalHost.Invocation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.LocalHost.Triggers.Http;

/// <summary>Maps HTTP functions and writes what they return, as Functions' ASP.NET Core integration does.</summary>
internal static class HttpFunctionEndpoints
{
    /// <summary>The key under which <c>FunctionContext.GetHttpContext()</c> looks.</summary>
    private const string HttpContextKey = "HttpRequestContext";

    /// <param name="prefix">host.json's <c>extensions.http.routePrefix</c>.</param>
    public static void Map(IEndpointRouteBuilder endpoints, IReadOnlyList<LocalFunction> functions, string prefix, FunctionInvoker invoker, ILogger logger)
    {
        foreach (var function in functions)
        {
            var trigger = (HttpTriggerAttribute)function.Trigger;
            var pattern = $"{prefix.Trim('/')}/{(trigger.Route ?? function.Name).TrimStart('/')}";
            RequestDelegate handle = http => HandleAsync(http, function, invoker, logger);
            var endpoint = trigger.Methods is { Length: > 0 } methods
                ? endpoints.MapMethods(pattern, methods.Select(method => method.ToUpperInvariant()), handle)
                : endpoints.Map(pattern, handle);
            endpoint.WithDisplayName(function.Name).RequireRateLimiting(RequestLimits.Policy);
        }
    }

    private static async Task HandleAsync(HttpContext http, LocalFunction function, FunctionInvoker invoker, ILogger logger)
    {
        var invocation = new Invocation.Invocation(http.Request, http.RequestAborted)
        {
            BindingData = http.Request.RouteValues.ToDictionary(value => value.Key, value => value.Value),
            TraceParent = Activity.Current?.Id,
            TraceState = Activity.Current?.TraceStateString,
        };
        try
        {
            var result = await invoker.InvokeAsync(function, invocation, context => context.Items[HttpContextKey] = http);
            await WriteAsync(http, result, function.Name);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            Log.ClientLeft(logger, function.Name);
        }
        catch (Exception failure)
        {
            // What leaves a function is a 500 with an empty body on a Functions host, too: functions map their errors themselves.
            Log.HttpFunctionFailed(logger, failure, function.Name);
            if (http.Response.HasStarted)
                http.Abort();
            else
                http.Response.StatusCode = failure is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        }
    }

    private static Task WriteAsync(HttpContext http, object? result, string function) => result switch
    {
        null => Task.CompletedTask,
        IActionResult action => action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor())),
        IResult other => other.ExecuteAsync(http),
        _ => throw new InvalidOperationException($"Function '{function}' returned a {result.GetType()}; an HTTP function returns an IActionResult, an IResult or nothing."),
    };
}
