using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Hybrid.LocalHost.Invocation;

/// <summary>The middleware that the functions assembly registers, around every invocation: the same as in a Functions worker.</summary>
internal sealed class FunctionPipeline(IServiceCollection services) : IFunctionsWorkerApplicationBuilder
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

    public IServiceCollection Services => services;

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>The first registered is the outermost.</summary>
    public FunctionExecutionDelegate Build()
    {
        FunctionExecutionDelegate next = context => ((LocalFunctionContext)context).ExecuteAsync();
        for (var i = _middleware.Count - 1; i >= 0; i--)
            next = _middleware[i](next);
        return next;
    }
}
