using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Results;
using Hybrid.Orchestrations.Tests.Replay;

namespace Hybrid.Orchestrations.Tests.Pipelines;

public sealed class QueuedPipelineTests
{
    private static readonly RagAnswer Answer = new("because", "stop", [], [], 12, new RagUsage(1, 2));

    private static readonly QueuedRequest Request = new("job-1", new RagRequest(
        "why?", "handbook", "acme", 10, 3, 256, 30_000, new RagModels("e", "r", "g"), new StageShares(3000, 0.8, 50)));

    private RunResult? _written;

    [Fact]
    public async Task Run_ThatAnswers_WritesTheAnswer()
    {
        var outcome = await Run(Work.Returns(Answer)).RunAsync(Request);

        Assert.Equal(new QueuedOutcome("job-1", "completed"), outcome);
        Assert.Equal(("job-1", "completed", "because"), (_written!.Id, _written.Status, _written.Output!.Answer));
        Assert.Null(_written.Error);
    }

    [Fact]
    public async Task Run_ThatFails_WritesTheErrorWithItsStage()
    {
        var outcome = await Run(Work.Fails(new StageException(new Error(ErrorCode.DeadlineExceeded, "Too late.", "rerank")))).RunAsync(Request);

        Assert.Equal("failed", outcome.Status);
        Assert.Equal(new RunError("deadline_exceeded", "Too late.", "rerank"), _written!.Error);
    }

    [Fact]
    public async Task Run_ThatFailsOfAFault_WritesNothingOfItsText()
    {
        await Run(Work.Fails(new InvalidOperationException("secret path"))).RunAsync(Request);

        Assert.Equal("internal_error", _written!.Error!.Code);
        Assert.DoesNotContain("secret", _written.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenStorageIsAway_WaitsForIt()
    {
        var run = Run(Work.Returns(Answer)).On<RunResult>(nameof(WriteResultActivity), (call, result) =>
        {
            _written = result;
            return call < 8 ? Work.Fails(new IOException("away")) : Work.Returns("done");
        });

        await run.RunAsync(Request);

        Assert.Equal(8, run.Calls(nameof(WriteResultActivity)));
        Assert.Equal("completed", _written!.Status);
    }

    private ReplayedRun<QueuedRequest, QueuedOutcome> Run(Work pipeline) =>
        new ReplayedRun<QueuedRequest, QueuedOutcome>(new QueuedPipeline())
            .On<RagRequest>(nameof(RagPipeline), (_, _) => pipeline)
            .On<RunResult>(nameof(WriteResultActivity), (_, result) =>
            {
                _written = result;
                return Work.Returns("done");
            });
}
