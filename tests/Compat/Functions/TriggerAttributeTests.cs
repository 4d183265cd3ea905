using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.Compat.Tests.Functions;

/// <summary>The attributes as a host reads them from a function's method.</summary>
public sealed class TriggerAttributeTests
{
    [Fact]
    public void HttpTrigger_SaysMethodsRouteAndLevel()
    {
        var trigger = Trigger<HttpTriggerAttribute>(nameof(Functions.Http));
        Assert.Equal(["get", "post"], trigger.Methods!);
        Assert.Equal("v1/{id}", trigger.Route);
        Assert.Equal(AuthorizationLevel.Anonymous, trigger.AuthLevel);
    }

    [Fact]
    public void HttpTrigger_WithoutALevel_AsksForAFunctionKey_UnlessItNamesMethods()
    {
        Assert.Equal(AuthorizationLevel.Function, new HttpTriggerAttribute().AuthLevel);
        Assert.Null(new HttpTriggerAttribute().Methods);
        Assert.Equal(AuthorizationLevel.Admin, new HttpTriggerAttribute(AuthorizationLevel.Admin).AuthLevel);
        Assert.Equal(AuthorizationLevel.Anonymous, new HttpTriggerAttribute("get").AuthLevel); // the real package's surprise
    }

    [Fact]
    public void QueueTrigger_SaysQueueAndConnection()
    {
        var trigger = Trigger<QueueTriggerAttribute>(nameof(Functions.Queue));
        Assert.Equal(("inference-requests", "Storage"), (trigger.QueueName, trigger.Connection));
        Assert.Equal("out", typeof(Functions).GetMethod(nameof(Functions.Queue))!.GetCustomAttribute<QueueOutputAttribute>()!.QueueName);
    }

    [Fact]
    public void DurableTriggers_AreOnTheParametersTheyFill()
    {
        Assert.Null(Trigger<OrchestrationTriggerAttribute>(nameof(Functions.Orchestrator)).Orchestration);
        Assert.Equal("Renamed", Trigger<ActivityTriggerAttribute>(nameof(Functions.Activity)).Activity);
        var client = Parameter(nameof(Functions.Http), 1).GetCustomAttribute<DurableClientAttribute>();
        Assert.Null(client?.TaskHub);
        Assert.Null(client?.ConnectionName);
        Assert.IsAssignableFrom<InputBindingAttribute>(client);
    }

    [Fact]
    public void Function_HasItsName() =>
        Assert.Equal("Named", typeof(Functions).GetMethod(nameof(Functions.Http))!.GetCustomAttribute<FunctionAttribute>()!.Name);

    [Fact]
    public void HttpResult_MarksAProperty() =>
        Assert.NotNull(typeof(Outputs).GetProperty(nameof(Outputs.Response))!.GetCustomAttribute<HttpResultAttribute>());

    private static ParameterInfo Parameter(string function, int index) => typeof(Functions).GetMethod(function)!.GetParameters()[index];

    private static T Trigger<T>(string function)
        where T : TriggerBindingAttribute => Parameter(function, 0).GetCustomAttribute<T>()!;

    private static class Functions
    {
        [Function("Named")]
        public static void Http(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "v1/{id}")] object request, [DurableClient] DurableTaskClient client)
        {
        }

        [Function(nameof(Queue))]
        [QueueOutput("out")]
        public static string Queue([QueueTrigger("inference-requests", Connection = "Storage")] string message) => message;

        [Function(nameof(Orchestrator))]
        public static Task Orchestrator([OrchestrationTrigger] TaskOrchestrationContext context) => Task.CompletedTask;

        [Function(nameof(Activity))]
        public static string Activity([ActivityTrigger(Activity = "Renamed")] string input, FunctionContext context) => input;
    }

    private sealed class Outputs
    {
        [HttpResult]
        public object? Response { get; set; }
    }
}
