using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hybrid.Compat.Tests.Functions;

public sealed class MiddlewareTests
{
    private readonly AppBuilder _app = new();
    private readonly List<string> _steps = [];

    [Fact]
    public async Task Middleware_RunsInTheOrderInWhichItWasAdded()
    {
        _app.UseMiddleware<Outer>();
        _app.UseMiddleware(async (_, next) =>
        {
            _steps.Add("inner in");
            await next();
            _steps.Add("inner out");
        });
        await Run();
        Assert.Equal(["outer in", "inner in", "function", "inner out", "outer out"], _steps);
    }

    [Fact]
    public async Task Middleware_ThatDoesNotGoOn_KeepsTheFunctionFromRunning()
    {
        _app.UseMiddleware((_, _) => Task.CompletedTask);
        await Run();
        Assert.Empty(_steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UseWhen_StepsInOnlyWhereItApplies(bool applies)
    {
        _app.UseWhen<Outer>(_ => applies);
        _app.UseWhen(_ => applies, (_, next) =>
        {
            _steps.Add("inline");
            return next();
        });
        await Run();
        Assert.Equal(applies ? ["outer in", "inline", "function", "outer out"] : ["function"], _steps);
    }

    [Fact]
    public async Task MiddlewareClass_IsOneForAllInvocations()
    {
        _app.UseMiddleware<Outer>();
        Assert.Contains(_app.Services, service => service.ServiceType == typeof(Outer) && service.Lifetime == ServiceLifetime.Singleton);
        await Run();
    }

    [Fact]
    public void UseWhen_WithoutAnythingToUse_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => _app.UseWhen<Outer>(null!));
        Assert.Throws<ArgumentNullException>(() => _app.UseWhen(_ => true, null!));
    }

    private async Task Run()
    {
        _app.Services.AddSingleton(_steps);
        await using var services = _app.Services.BuildServiceProvider();
        await _app.Pipeline(_ =>
        {
            _steps.Add("function");
            return Task.CompletedTask;
        })(new InvocationContext(services));
    }

    private sealed class Outer(List<string> steps) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            steps.Add("outer in");
            await next(context);
            steps.Add("outer out");
        }
    }

    /// <summary>What a host of its own does with an app's middleware.</summary>
    private sealed class AppBuilder : IFunctionsWorkerApplicationBuilder
    {
        private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

        public IServiceCollection Services { get; } = new ServiceCollection();

        public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
        {
            _middleware.Add(middleware);
            return this;
        }

        public FunctionExecutionDelegate Pipeline(FunctionExecutionDelegate function) =>
            Enumerable.Reverse(_middleware).Aggregate(function, (next, middleware) => middleware(next));
    }
}
