using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Hybrid.LocalHost.Invocation;

/// <summary>Runs a function through the middleware, in a service scope of its own.</summary>
internal sealed class FunctionInvoker(FunctionPipeline pipeline, IServiceScopeFactory scopes)
{
    private readonly FunctionExecutionDelegate _run = pipeline.Build();

    /// <param name="prepare">Called before the middleware runs.</param>
    public async Task<object?> InvokeAsync(LocalFunction function, Invocation invocation, Action<LocalFunctionContext>? prepare = null)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new LocalFunctionContext(function, invocation, scope.ServiceProvider);
        prepare?.Invoke(context);
        using var span = InvocationSpans.Begin(context);
        try
        {
            await _run(context);
            return context.Result;
        }
        catch (Exception failure)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
    }
}
