using System.Runtime.CompilerServices;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Testing;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class GpuPoolStreamingTests
{
    private static readonly GenerateRequest Request = new("m", [new ChatMessage("user", "hi")], [], 0, [], new Sampling());

    private static readonly GenerateFrame[] Answer =
    [
        new GenerateFrame.Begin("m", 3, 7), new GenerateFrame.Piece("one "), new GenerateFrame.Piece("two"),
        new GenerateFrame.End(FinishReason.Stop, 2, default),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_OfAHost_IsItsFrames()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.Streams((_, _) => Answer.ToAsyncEnumerable());
        await using var pool = new TestPool([host.Address]);

        Assert.Equal(Answer, await ReadAsync(pool));
    }

    [Fact]
    public async Task Streams_ReadToTheirEnds_UseOneConnection()
    {
        await using var host = await FakeGpuHost.StartAsync();
        var connections = new HashSet<string>();
        host.OnRaw(TaskRoutes.GenerateStream, async (http, _) =>
        {
            connections.Add(http.Connection.Id);
            await WriteAsync(http, Answer);
        });
        await using var pool = new TestPool([host.Address]);

        for (var i = 0; i < 5; i++)
        {
            await ReadAsync(pool);
        }

        Assert.Single(connections);
    }

    [Fact]
    public async Task Stream_WhileItGoesOn_IsInFlightAtItsHost()
    {
        await using var host = await FakeGpuHost.StartAsync();
        var gate = new TaskCompletionSource();
        host.Streams((_, token) => GatedAsync(gate.Task, token));
        await using var pool = new TestPool([host.Address]);
        var inPool = pool.Get<PoolState>().Hosts[0];

        await using (var frames = Open(pool))
        {
            await frames.MoveNextAsync();
            await frames.MoveNextAsync();
            Assert.Equal(1, inPool.InFlight);
            gate.SetResult();
            while (await frames.MoveNextAsync())
            {
            }
        }

        Assert.Equal(0, inPool.InFlight);
    }

    public static TheoryData<string, Func<HttpContext, Task>> Beginnings => new()
    {
        { "overloaded", _ => throw new HybridException(ErrorCode.Overloaded, "busy") },
        { "not ready", _ => throw new HybridException(ErrorCode.Unavailable, "loading") },
        { "an answer in one piece", http => http.Response.WriteAsync("<html>hello</html>") },
        { "a frame that begins nothing", http => WriteAsync(http, Answer[1]) },
        { "a failure", http => WriteAsync(http, new GenerateFrame.Failure(new Error(ErrorCode.Internal, "bug"))) },
        { "no frame", http => WriteAsync(http) },
        { "a frame without end", async http =>
            {
                http.Response.ContentType = MediaTypes.MessagePackFrames;
                await http.Response.Body.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
            } },
        { "a cut", async http =>
            {
                http.Response.ContentType = MediaTypes.MessagePackFrames;
                await http.Response.StartAsync();
                http.Abort();
            } },
    };

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task Stream_ThatOneHostCannotBegin_IsBegunByTheOther(string what, Func<HttpContext, Task> beginning)
    {
        await using var broken = await FakeGpuHost.StartAsync();
        await using var healthy = await FakeGpuHost.StartAsync();
        broken.OnRaw(TaskRoutes.GenerateStream, (http, _) => beginning(http));
        healthy.Streams((_, _) => Answer.ToAsyncEnumerable());
        await using var pool = new TestPool([broken.Address, healthy.Address]);

        // Power of two choices: within twenty calls the broken one comes first with near certainty.
        for (var i = 0; i < 20 && broken.Requests.IsEmpty; i++)
        {
            Assert.True(Answer.SequenceEqual(await ReadAsync(pool)), what);
        }

        Assert.NotEmpty(broken.Requests);
    }

    [Fact]
    public async Task Stream_ThatIsRefused_IsNotTriedElsewhere()
    {
        await using var first = await FakeGpuHost.StartAsync();
        await using var second = await FakeGpuHost.StartAsync();
        first.Fails(TaskRoutes.GenerateStream, new Error(ErrorCode.Unprocessable, "too long", "messages"));
        second.Fails(TaskRoutes.GenerateStream, new Error(ErrorCode.Unprocessable, "too long", "messages"));
        await using var pool = new TestPool([first.Address, second.Address]);

        var exception = await Assert.ThrowsAsync<HybridException>(() => ReadAsync(pool));

        Assert.Equal((ErrorCode.Unprocessable, "messages"), (exception.Error.Code, exception.Error.Param));
        Assert.Equal(1, first.Requests.Count + second.Requests.Count);
    }

    public static TheoryData<ErrorCode, Func<HttpContext, Task>> Breaks => new()
    {
        { ErrorCode.Unavailable, _ => Task.CompletedTask },
        { ErrorCode.Internal, http => http.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 1, 0xc1 }).AsTask() },
        { ErrorCode.Internal, http => http.Response.Body.WriteAsync(new byte[] { 0xff, 0, 0, 1 }).AsTask() },
        { ErrorCode.Overloaded, http => WriteAsync(http, new GenerateFrame.Failure(new Error(ErrorCode.Overloaded, "no memory"))) },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task Stream_ThatBreaksAfterItsBeginning_FailsAndIsNotTriedAgain(ErrorCode code, Func<HttpContext, Task> end)
    {
        await using var first = await FakeGpuHost.StartAsync();
        await using var second = await FakeGpuHost.StartAsync();
        foreach (var host in (FakeGpuHost[])[first, second])
        {
            host.OnRaw(TaskRoutes.GenerateStream, async (http, _) =>
            {
                await WriteAsync(http, Answer[..2]);
                await end(http);
            });
        }

        await using var pool = new TestPool([first.Address, second.Address]);
        var read = new List<GenerateFrame>();

        var exception = await Assert.ThrowsAsync<HybridException>(() => ReadAsync(pool, read));

        Assert.Equal(code, exception.Error.Code);
        Assert.Equal(Answer[..2], read);
        Assert.Equal(1, first.Requests.Count + second.Requests.Count);
        Assert.All(pool.Get<PoolState>().Hosts, host => Assert.Equal(0, host.InFlight));
    }

    [Fact]
    public async Task Stream_WhoseDeadlineComes_FailsAndStopsTheHost()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.Streams((_, token) => GatedAsync(Task.Delay(Timeout.Infinite, token), token));
        await using var pool = new TestPool([host.Address]);
        var read = new List<GenerateFrame>();

        var exception = await Assert.ThrowsAsync<HybridException>(() => ReadAsync(pool, read, milliseconds: 500));

        Assert.Equal(ErrorCode.DeadlineExceeded, exception.Error.Code);
        Assert.Equal(Answer[..2], read);
        await AbortedAsync(host);
    }

    [Fact]
    public async Task Stream_ThatNobodyReadsOn_StopsTheHost()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.Streams((_, token) => GatedAsync(Task.Delay(Timeout.Infinite, token), token));
        await using var pool = new TestPool([host.Address]);

        // Left between two parts, with no read under way that a token could end.
        await using (var frames = Open(pool))
        {
            await frames.MoveNextAsync();
        }

        await AbortedAsync(host);
        Assert.Equal(0, pool.Get<PoolState>().Hosts[0].InFlight);
    }

    [Fact]
    public async Task Stream_WhoseCallerLeaves_IsACancellationAndStopsTheHost()
    {
        await using var host = await FakeGpuHost.StartAsync();
        host.Streams((_, token) => GatedAsync(Task.Delay(Timeout.Infinite, token), token));
        await using var pool = new TestPool([host.Address]);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var frame in pool.Pool.GenerateStreamAsync(Request, pool.Call(), caller.Token))
            {
                if (frame is GenerateFrame.Piece)
                {
                    caller.CancelAfter(TimeSpan.FromMilliseconds(50));
                }
            }
        });

        await AbortedAsync(host);
    }

    private static IAsyncEnumerator<GenerateFrame> Open(TestPool pool) =>
        pool.Pool.GenerateStreamAsync(Request, pool.Call(), Cancellation).GetAsyncEnumerator(Cancellation);

    private static async Task<List<GenerateFrame>> ReadAsync(TestPool pool, List<GenerateFrame>? into = null, int milliseconds = 20_000)
    {
        var frames = into ?? [];
        await foreach (var frame in pool.Pool.GenerateStreamAsync(Request, pool.Call(milliseconds), Cancellation))
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>Two frames, and the others when the gate opens.</summary>
    private static async IAsyncEnumerable<GenerateFrame> GatedAsync(Task gate, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var frame in Answer[..2])
        {
            yield return frame;
        }

        await gate.WaitAsync(cancellation);
        foreach (var frame in Answer[2..])
        {
            yield return frame;
        }
    }

    private static async Task WriteAsync(HttpContext http, params GenerateFrame[] frames)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = MediaTypes.MessagePackFrames;
        }

        Array.ForEach(frames, frame => Frames.Write(http.Response.BodyWriter, frame));
        await http.Response.BodyWriter.FlushAsync();
    }

    private static async Task AbortedAsync(FakeGpuHost host)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (host.Aborted.IsEmpty)
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
