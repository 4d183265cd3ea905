using Microsoft.Azure.Functions.Worker;

namespace Hybrid.LocalHost.TestApp;

public static class TestFunctions
{
    public static IReadOnlyList<Type> Types { get; } = [typeof(HttpFunctions), typeof(QueueFunctions), typeof(DurableFunctions)];

    public static void Configure(IFunctionsWorkerApplicationBuilder worker)
    {
        worker.Services.AddSingleton<Recorder>();
        worker.UseMiddleware(async (context, next) =>
        {
            context.InstanceServices.GetRequiredService<Recorder>().Add($"outer {context.FunctionDefinition.Name}");
            if (context.GetHttpContext() is { } http)
                http.Response.Headers["x-middleware"] = context.FunctionDefinition.InputBindings.Values.Single().Type;
            await next();
        });
        worker.UseMiddleware((context, next) =>
        {
            context.InstanceServices.GetRequiredService<Recorder>().Add($"inner {context.FunctionDefinition.Name}");
            return next();
        });
    }
}
