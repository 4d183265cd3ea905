using System.Net;
using System.Net.Sockets;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.Testing;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class GpuPoolTests
{
    private static readonly EmbedRequest Request = new("m", ["one", "two"]);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Embed_OnAHost_SendsWhatGoesWithTheCallAndReturnsTheReply()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, Embed);
        await using var pool = new TestPool([host.Address]);

        var reply = await pool.Pool.EmbedAsync(Request, pool.Call(5000), Cancellation);

        Assert.Equal((2, 3, "m"), (reply.Count, reply.Dimensions, reply.Model));
        Assert.Equal([3f, 4f, 5f], reply.Vector(1).ToArray());
        var seen = Assert.Single(host.Requests).Headers;
        Assert.Equal(("acme", "request-1", MediaTypes.MessagePack), (seen[HybridHeaders.Tenant], seen[HybridHeaders.RequestId], seen["Content-Type"]));
        Assert.InRange(int.Parse(seen[HybridHeaders.BudgetMs], null), 1, 5000);
        Assert.DoesNotContain(HybridHeaders.Priority, seen.Keys);
    }

    [Fact]
    public async Task EveryTask_HasItsRoute()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.On<RerankRequest, RerankReply>(TaskRoutes.Rerank, request => new RerankReply(request.Model, 1, [0.5f], 3, default))
            .On<GenerateRequest, GenerateReply>(TaskRoutes.Generate, request => new GenerateReply(request.Model, 1, "text", FinishReason.Stop, 1, 2, default))
            .On<InferRequest, InferReply>(TaskRoutes.Infer, request => new InferReply(request.Model, 1, request.Inputs, default));
        await using var pool = new TestPool([host.Address]);

        var tensor = Tensor.Of("x", TensorType.Fp32, [2], [1f, 2f]);
        var chat = new GenerateRequest("m", [new ChatMessage("user", "hi")], [], 5, [], new Sampling());

        Assert.Equal([0.5f], (await pool.Pool.RerankAsync(new RerankRequest("m", "q", ["p"]), pool.Call(), Cancellation)).Scores);
        Assert.Equal("text", (await pool.Pool.GenerateAsync(chat, pool.Call(), Cancellation)).Text);
        var inferred = await pool.Pool.InferAsync(new InferRequest("m", 0, [tensor], []), pool.Call(), Cancellation);
        Assert.Equal([1f, 2f], inferred.Outputs[0].As<float>().ToArray());
    }

    public static TheoryData<string, Error> PassingErrors => new()
    {
        { "overloaded", new Error(ErrorCode.Overloaded, "busy") },
        { "not ready", new Error(ErrorCode.Unavailable, "loading") },
        { "fault", new Error(ErrorCode.Internal, "bug") },
    };

    [Theory]
    [MemberData(nameof(PassingErrors))]
    public async Task Embed_WhenOneHostCannot_IsDoneByTheOther(string what, Error error)
    {
        await using var broken = await FakeGpuHost.StartAsync();
        await using var healthy = await FakeGpuHost.StartAsync();
        broken.Fails(TaskRoutes.Embed, error);
        healthy.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, Embed);
        await using var pool = new TestPool([broken.Address, healthy.Address]);

        for (var i = 0; i < 20; i++)
        {
            Assert.True(2 == (await pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation)).Count, what);
        }

        Assert.Equal(20, healthy.Requests.Count);
        Assert.NotEmpty(broken.Requests);
    }

    [Theory]
    [InlineData(404, ErrorCode.NotImplemented)]
    [InlineData(429, ErrorCode.Overloaded)]
    [InlineData(500, ErrorCode.Internal)]
    [InlineData(503, ErrorCode.Unavailable)]
    [InlineData(504, ErrorCode.DeadlineExceeded)]
    public async Task Embed_AnsweredWithAStatusAlone_FailsWithWhatItMeans(int status, ErrorCode code)
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.OnRaw(TaskRoutes.Embed, (http, _) =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var pool = new TestPool([host.Address], null, ("GpuPool:MaxAttempts", "1"));

        Assert.Equal(code, (await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation))).Code);
    }

    [Fact]
    public async Task Embed_WhenOneHostTalksGarbage_IsDoneByTheOther()
    {
        await using var garbled = await FakeGpuHost.StartAsync();
        await using var html = await FakeGpuHost.StartAsync();
        await using var cut = await FakeGpuHost.StartAsync();
        await using var healthy = await FakeGpuHost.StartAsync();
        garbled.OnRaw(TaskRoutes.Embed, async (http, _) =>
        {
            http.Response.ContentType = MediaTypes.MessagePack;
            await http.Response.Body.WriteAsync(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff });
        });
        html.OnRaw(TaskRoutes.Embed, (http, _) => http.Response.WriteAsync("<html>hello</html>"));
        cut.OnRaw(TaskRoutes.Embed, async (http, _) =>
        {
            http.Response.ContentLength = 100;
            await http.Response.Body.WriteAsync(new byte[] { 1, 2, 3 });
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        healthy.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, Embed);
        foreach (var bad in (FakeGpuHost[])[garbled, html, cut])
        {
            await using var pool = new TestPool([bad.Address, healthy.Address]);
            while (bad.Requests.IsEmpty)
            {
                Assert.Equal(2, (await pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation)).Count);
            }
        }
    }

    [Fact]
    public async Task Embed_WhenOneHostIsGone_IsDoneByTheOtherAndTheGoneOneIsLeftAlone()
    {
        await using var healthy = await FakeGpuHost.StartAsync();
        healthy.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, Embed);
        await using var pool = new TestPool([Nobody(), healthy.Address]);

        for (var i = 0; i < 20; i++)
        {
            await pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation);
        }

        Assert.Equal((1, 2), pool.Pool.Hosts);
    }

    [Fact]
    public async Task Embed_WhenTheRequestIsWrong_IsNotTriedAgain()
    {
        await using var one = await FakeGpuHost.StartAsync();
        await using var two = await FakeGpuHost.StartAsync();
        var error = new Error(ErrorCode.ModelNotFound, "No model 'm'.", "model");
        one.Fails(TaskRoutes.Embed, error);
        two.Fails(TaskRoutes.Embed, error);
        await using var pool = new TestPool([one.Address, two.Address]);

        Assert.Equal(error, await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation)));
        Assert.Equal(1, one.Requests.Count + two.Requests.Count);
    }

    [Fact]
    public async Task Embed_OnALonelyHostThatRecovers_IsTriedAgainUntilItDoes()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.OnRaw(TaskRoutes.Embed, async (http, _) =>
        {
            if (host.Requests.Count < 3)
            {
                http.Response.StatusCode = 503;
                return;
            }

            http.Response.ContentType = MediaTypes.MessagePack;
            await http.Response.Body.WriteAsync(Wire.Encode(Embed(Request)));
        });
        await using var pool = new TestPool([host.Address]);

        Assert.Equal(2, (await pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation)).Count);
        Assert.Equal(3, host.Requests.Count);
    }

    [Fact]
    public async Task Embed_WhenNobodyIsThere_IsUnavailableWithoutTheirAddress()
    {
        var nobody = Nobody();
        await using var pool = new TestPool([nobody]);

        var error = await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation));

        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.DoesNotContain($":{nobody.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_OverloadedWithAWaitLongerThanTheBudget_SaysSoAtOnce()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.OnRaw(TaskRoutes.Embed, (http, _) =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = "30";
            return Task.CompletedTask;
        });
        await using var pool = new TestPool([host.Address]);

        var error = await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(20_000), Cancellation));

        Assert.Equal((ErrorCode.Overloaded, TimeSpan.FromSeconds(30)), (error.Code, error.RetryAfter));
        Assert.Single(host.Requests);
    }

    [Fact]
    public async Task Embed_OnAHostThatHangs_EndsAtTheDeadlineAndCallsTheWorkOff()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.OnRaw(TaskRoutes.Embed, (http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await using var pool = new TestPool([host.Address]);

        var error = await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(200), Cancellation));

        Assert.Equal((ErrorCode.DeadlineExceeded, "The request did not end within 200 ms."), (error.Code, error.Message));
        await UntilAsync(() => host.Aborted.Count == 1);
    }

    [Fact]
    public async Task Embed_WhoseCallerLeaves_IsACancellationAndCallsTheWorkOff()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.OnRaw(TaskRoutes.Embed, (http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await using var pool = new TestPool([host.Address]);
        using var caller = new CancellationTokenSource();

        var call = pool.Pool.EmbedAsync(Request, pool.Call(), caller.Token);
        await UntilAsync(() => host.Requests.Count == 1);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await UntilAsync(() => host.Aborted.Count == 1);
    }

    [Fact]
    public async Task Embed_WithNoTimeLeft_IsNotSent()
    {
        await using var host = await FakeGpuHost.StartAsync();
        await using var pool = new TestPool([host.Address]);

        Assert.Equal(ErrorCode.DeadlineExceeded, (await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(0), Cancellation))).Code);
        Assert.Empty(host.Requests);
    }

    [Fact]
    public async Task Embed_WithAReplyOverTheLimit_IsRefused()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.OnRaw(TaskRoutes.Embed, async (http, _) =>
        {
            http.Response.ContentType = MediaTypes.MessagePack;
            await http.Response.Body.WriteAsync(new byte[5000]);
        });
        await using var pool = new TestPool([host.Address], null, ("GpuPool:MaxReplyBytes", "4096"), ("GpuPool:MaxAttempts", "1"));

        Assert.Equal(ErrorCode.Internal, (await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation))).Code);
    }

    [Fact]
    public async Task Reply_ThatDoesNotFitTheRequest_IsRefused()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, request => new EmbedReply(request.Model, 1, 3, new float[3], 7, default))
            .On<RerankRequest, RerankReply>(TaskRoutes.Rerank, request => new RerankReply(request.Model, 1, [], 3, default));
        await using var pool = new TestPool([host.Address]);

        Assert.Equal("A GPU host answered 1 of 2 items.", (await ErrorOf(pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation))).Message);
        Assert.Equal(ErrorCode.Internal, (await ErrorOf(pool.Pool.RerankAsync(new RerankRequest("m", "q", ["p"]), pool.Call(), Cancellation))).Code);
    }

    [Fact]
    public async Task Embed_ManyAtOnce_AreSpreadOverTheHosts()
    {
        await using var one = await FakeGpuHost.StartAsync();
        await using var two = await FakeGpuHost.StartAsync();
        await using var three = await FakeGpuHost.StartAsync();
        FakeGpuHost[] hosts = [one, two, three];
        foreach (var host in hosts)
        {
            host.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, Embed);
        }

        await using var pool = new TestPool(hosts.Select(host => host.Address));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation)));

        Assert.Equal(300, hosts.Sum(host => host.Requests.Count));
        Assert.All(hosts, host => Assert.InRange(host.Requests.Count, 50, 150));
    }

    [Fact]
    public async Task Models_AreTheUnionOfAllHostsThatAnswer()
    {
        await using var one = await FakeGpuHost.StartAsync();
        await using var two = await FakeGpuHost.StartAsync();
        one.OnRaw(TaskRoutes.Models, Models(new ModelInfo("b", 1, ModelTask.Embed, 8, 4), new ModelInfo("a", 2, ModelTask.Infer, 0, 0)));
        two.OnRaw(TaskRoutes.Models, Models(new ModelInfo("b", 1, ModelTask.Embed, 8, 4), new ModelInfo("a", 1, ModelTask.Infer, 0, 0)));
        await using var pool = new TestPool([one.Address, Nobody(), two.Address]);

        var models = await pool.Pool.ModelsAsync(pool.Call(), Cancellation);

        Assert.Equal([("a", 1), ("a", 2), ("b", 1)], models.Select(model => (model.Name, model.Version)));
    }

    [Fact]
    public async Task Models_WhenNobodyAnswers_AreUnavailable()
    {
        await using var pool = new TestPool([Nobody()]);

        Assert.Equal(ErrorCode.Unavailable, (await ErrorOf(pool.Pool.ModelsAsync(pool.Call(), Cancellation))).Code);
    }

    private static EmbedReply Embed(EmbedRequest request) =>
        new(request.Model, 1, 3, Enumerable.Range(0, request.Inputs.Count * 3).Select(i => (float)i).ToArray(), 7, default);

    private static Func<HttpContext, byte[], Task> Models(params ModelInfo[] models) => async (http, _) =>
    {
        http.Response.ContentType = MediaTypes.MessagePack;
        await http.Response.Body.WriteAsync(Wire.Encode(new ModelList("cpu", models)));
    };

    /// <summary>An address where nobody listens.</summary>
    private static Uri Nobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private static async Task<Error> ErrorOf(Task task) => (await Assert.ThrowsAsync<HybridException>(() => task)).Error;
}
