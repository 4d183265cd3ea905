using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Generation.Streams;

/// <summary>What happens between two tokens, of a model whose every step waits for the test.</summary>
public sealed class GatedStreamTests(GptFixture gpt)
{
    private const int RequestFailed = 1301;

    [Fact]
    public async Task Frames_LeaveBeforeTheNextTokenIsMade()
    {
        await using var host = await GatedStreamHost.StartAsync(gpt, TimeProvider.System);
        await using var answer = await host.AskForFirstTokenAsync();

        var begin = Assert.IsType<GenerateFrame.Begin>(await answer.NextAsync());
        Assert.Equal(("gpt", 1, 3), (begin.Model, begin.Version, begin.PromptTokens));
        Assert.Equal(2, host.Engine.Shapes.Count);
        Assert.Equal(1, host.Sums["hybrid.host.generation.tokens"]);
        Assert.Equal(1, host.Sums["gen_ai.server.time_to_first_token"]);

        host.Engine.Open();
        var rest = await answer.RestAsync();
        var end = Assert.IsType<GenerateFrame.End>(rest[^1]);
        Assert.Equal((FinishReason.Length, GatedStreamHost.MaxTokens), (end.FinishReason, end.CompletionTokens));
        Assert.All(rest.SkipLast(1), frame => Assert.NotEmpty(Assert.IsType<GenerateFrame.Piece>(frame).Text));
        await Eventually.IsTrueAsync(() => host.Sums["gen_ai.server.time_per_output_token"] == 1);
        Assert.Equal(1, host.Sums["hybrid.host.generations length"]);
    }

    [Fact]
    public async Task Client_ThatLeaves_StopsTheModelWithinTheStep()
    {
        await using var host = await GatedStreamHost.StartAsync(gpt, TimeProvider.System);
        var answer = await host.AskForFirstTokenAsync();
        Assert.IsType<GenerateFrame.Begin>(await answer.NextAsync());

        await answer.DisposeAsync();

        // The gate stays closed: the run that waits there ends because nobody wants it.
        await Eventually.IsTrueAsync(() => host.Sums["hybrid.host.generations cancelled"] == 1);
        await Eventually.IsTrueAsync(() => host.Scheduler.Length == 0);
        await Eventually.IsTrueAsync(() => host.Inside == 0);
        host.Engine.Open();
        Assert.Equal(2, host.Engine.Shapes.Count);
        Assert.Equal(1, host.Sums["hybrid.host.generation.tokens"]);
    }

    [Fact]
    public async Task Budget_ThatEnds_IsAFailureAndTheEnd()
    {
        var time = new FakeTimeProvider();
        await using var host = await GatedStreamHost.StartAsync(gpt, time);
        await using var answer = await host.AskForFirstTokenAsync();

        time.Advance(TimeSpan.FromMinutes(2));
        var rest = await answer.RestAsync();

        Assert.Equal(ErrorCode.DeadlineExceeded, Assert.IsType<GenerateFrame.Failure>(rest[^1]).Error.Code);
        await Eventually.IsTrueAsync(() => host.Scheduler.Length == 0);
        Assert.Equal(2, host.Engine.Shapes.Count);
    }

    [Fact]
    public async Task Model_ThatFails_IsAFailureThatTellsNoDetails()
    {
        await using var host = await GatedStreamHost.StartAsync(gpt, TimeProvider.System, RequestFailed);
        await using var answer = await host.AskForFirstTokenAsync();

        host.Engine.Fail(new InvalidOperationException("secret"));
        host.Engine.Open();
        var rest = await answer.RestAsync();

        var error = Assert.IsType<GenerateFrame.Failure>(rest[^1]).Error;
        Assert.Equal(ErrorCode.Internal, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        await Eventually.IsTrueAsync(() => host.Sums["hybrid.host.generations failed"] == 1);
    }

    [Fact]
    public async Task Reader_ThatReadsNothing_HoldsUpNobodyAndGetsItAllLater()
    {
        await using var host = await GatedStreamHost.StartAsync(gpt, TimeProvider.System);
        await using var idle = await host.AskForFirstTokenAsync();
        host.Engine.Open();
        await using var other = await StreamedAnswer.OpenAsync(await host.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));

        var read = await other.RestAsync();
        await Eventually.IsTrueAsync(() => host.Scheduler.Length == 0);

        Assert.Equal(Text(read), Text(await idle.RestAsync()));
        Assert.Equal(2 * GatedStreamHost.MaxTokens, host.Sums["hybrid.host.generation.tokens"]);
    }

    private static string Text(IEnumerable<GenerateFrame> frames) => string.Concat(frames.OfType<GenerateFrame.Piece>().Select(piece => piece.Text));
}
