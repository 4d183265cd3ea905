using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Retrieval;
using Hybrid.Orchestrations.Tests.Replay;

namespace Hybrid.Orchestrations.Tests.Pipelines;

public sealed class RagPipelineTests
{
    private static readonly string[] StageNames = ["embed", "retrieve", "rerank", "generate"];

    private static readonly string[] ActivityNames =
        [nameof(EmbedActivity), nameof(RetrieveActivity), nameof(RerankActivity), nameof(GenerateActivity)];

    [Fact]
    public async Task Run_WhenEveryStageAnswers_IsTheAnswerItsSourcesAndWhoMadeIt()
    {
        var run = Answering();

        var answer = await run.RunAsync(Request());

        Assert.Equal("because", answer.Answer);
        Assert.Equal("two", Assert.Single(answer.Sources).Id);
        Assert.Equal(StageNames, answer.Stages.Select(stage => stage.Name));
        Assert.All(answer.Stages, stage => Assert.Equal((1, 10.0), (stage.Attempts, stage.Milliseconds)));
        Assert.Equal(["embedder", null, "reranker", "generator"], answer.Stages.Select(stage => stage.Model));
        Assert.Equal(40, answer.Milliseconds);
        Assert.Equal(StageNames.Select(stage => $$"""{"stage":"{{stage}}"}"""), run.CustomStatuses);
    }

    [Fact]
    public async Task Run_HandsEachStageWhatTheOneBeforeFound()
    {
        EmbedStage? embed = null;
        RetrieveStage? retrieve = null;
        RerankStage? rerank = null;
        GenerateStage? generate = null;
        var run = Answering();
        run.On<EmbedStage>(nameof(EmbedActivity), (_, input) => { embed = input; return Work.Returns(Embedded); })
            .On<RetrieveStage>(nameof(RetrieveActivity), (_, input) => { retrieve = input; return Work.Returns(Retrieved); })
            .On<RerankStage>(nameof(RerankActivity), (_, input) => { rerank = input; return Work.Returns(Ranked); })
            .On<GenerateStage>(nameof(GenerateActivity), (_, input) => { generate = input; return Work.Returns(Generated); });

        await run.RunAsync(Request());

        Assert.Equal(("why?", 3000L, "acme", "tenant.run"), (embed!.Question, embed.Call.BudgetMs, embed.Call.Tenant, embed.Call.Run));
        Assert.Equal(Embedded.Vector, retrieve!.Vector);
        Assert.Equal(["one", "two"], rerank!.Documents.Select(document => document.Id));
        Assert.Equal(["two"], generate!.Documents.Select(document => document.Id));
        Assert.Equal(1536, generate.Call.BudgetMs);
    }

    [Fact]
    public async Task Run_WhenAnErrorPasses_TriesAgainAndCountsTheTries()
    {
        var run = Answering().On<RerankStage>(nameof(RerankActivity), (call, _) =>
            call < 3 ? Work.Fails(new StageException(new Error(ErrorCode.Unavailable, "not yet"))) : Work.Returns(Ranked));

        var answer = await run.RunAsync(Request());

        Assert.Equal(3, answer.Stages[2].Attempts);
        Assert.Equal(10 + 200 + 10 + 400 + 10, answer.Stages[2].Milliseconds);
    }

    [Fact]
    public async Task Run_WhenAnErrorStays_EndsAtOnceAndNamesTheStage()
    {
        var run = Answering().On<RetrieveStage>(nameof(RetrieveActivity), (_, _) =>
            Work.Fails(new StageException(new Error(ErrorCode.NotFound, "There is no collection 'x'.", "collection"))));

        var error = (await Assert.ThrowsAsync<StageException>(() => run.RunAsync(Request()))).Error;

        Assert.Equal(new Error(ErrorCode.NotFound, "Stage 'retrieve': There is no collection 'x'.", "retrieve"), error);
        Assert.Equal((1, 0), (run.Calls(nameof(RetrieveActivity)), run.Calls(nameof(RerankActivity))));
    }

    [Fact]
    public async Task Run_WhenAStageHangs_TriesAgainWithTwiceTheTime()
    {
        var budgets = new List<long>();
        var run = Answering().On<EmbedStage>(nameof(EmbedActivity), (call, input) =>
        {
            budgets.Add(input.Call.BudgetMs);
            return call < 3 ? Work.Hangs : Work.Returns(Embedded);
        });

        var answer = await run.RunAsync(Request());

        Assert.Equal([3000, 6000, 12000], budgets);
        Assert.Equal((3, 9010.0), (answer.Stages[0].Attempts, answer.Stages[0].Milliseconds));
        Assert.Equal(2400, Deserialized<RetrieveStage>(run).Call.BudgetMs);
    }

    [Fact]
    public async Task Run_WhenAStageNeverEnds_FailsInsideTheDeadlineAndNamesTheStage()
    {
        var run = Answering().On<GenerateStage>(nameof(GenerateActivity), (_, _) => Work.Hangs);

        var error = (await Assert.ThrowsAsync<StageException>(() => run.RunAsync(Request(timeoutMs: 5000)))).Error;

        Assert.Equal((ErrorCode.DeadlineExceeded, "generate"), (error.Code, error.Param));
        Assert.Equal("Stage 'generate' did not end within the run's time.", error.Message);
        Assert.InRange(run.Took, TimeSpan.FromMilliseconds(4900), TimeSpan.FromMilliseconds(5000));
    }

    [Fact]
    public async Task Run_WhenErrorsPassNever_SaysTheLastOfThem()
    {
        var run = Answering().On<EmbedStage>(nameof(EmbedActivity), (_, _) =>
            Work.Fails(new StageException(new Error(ErrorCode.Unavailable, "A GPU host could not be reached."))));

        var error = (await Assert.ThrowsAsync<StageException>(() => run.RunAsync(Request(timeoutMs: 5000)))).Error;

        Assert.Equal((ErrorCode.DeadlineExceeded, "embed"), (error.Code, error.Param));
        Assert.EndsWith("Its last error was unavailable: A GPU host could not be reached.", error.Message, StringComparison.Ordinal);
        Assert.InRange(run.Took, TimeSpan.FromMilliseconds(4500), TimeSpan.FromMilliseconds(5000));
    }

    [Fact]
    public async Task Run_WithNoTimeLeftForAStage_DoesNotStartIt()
    {
        var run = Answering().On<EmbedStage>(nameof(EmbedActivity), (_, _) => Work.Returns(Embedded, milliseconds: 959.8));

        var error = (await Assert.ThrowsAsync<StageException>(() => run.RunAsync(Request(timeoutMs: 1000, graceMs: 39.5)))).Error;

        Assert.Equal((ErrorCode.DeadlineExceeded, "retrieve"), (error.Code, error.Param));
        Assert.Equal(0, run.Calls(nameof(RetrieveActivity)));
    }

    [Fact]
    public void Run_WhateverHappens_EndsByItsDeadlineWithAnAnswerOrTheStagesName() =>
        Prop.ForAll(Fates(), fates =>
        {
            var run = Answering();
            var dice = new Random(fates.Seed);
            void Add<TStage>(string name, object result) => run.On<TStage>(name, (_, _) => dice.Next(100) switch
            {
                var roll when roll < fates.Hang => Work.Hangs,
                var roll when roll < fates.Hang + fates.Fail => Work.Fails(new StageException(new Error(ErrorCode.Overloaded, "busy")), dice.Next(500)),
                _ => Work.Returns(result, dice.Next(2000)),
            });
            Add<EmbedStage>(ActivityNames[0], Embedded);
            Add<RetrieveStage>(ActivityNames[1], Retrieved);
            Add<RerankStage>(ActivityNames[2], Ranked);
            Add<GenerateStage>(ActivityNames[3], Generated);

            var output = run.RunAsync(Request(timeoutMs: fates.TimeoutMs));
            var ended = output.IsCompletedSuccessfully
                || (output.Exception!.InnerException is StageException { Error.Code: ErrorCode.DeadlineExceeded } failure && StageNames.Contains(failure.Error.Param));
            return ended && run.Took <= TimeSpan.FromMilliseconds(fates.TimeoutMs);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Run_WithTheLargestTexts_PutsNothingLargeIntoHistory()
    {
        // A quotation mark takes six bytes in history's JSON: the worst that a byte of text can become.
        var text = new string('"', new RetrievalOptions().MaxTextBytes);
        var documents = Enumerable.Range(0, RagLimits.MaxTopK).Select(i => new RankedDocument($"{i:D128}", 0.123456789f)).ToList();
        var sources = documents.Take(RagLimits.MaxTopN).Select(document => new RagSource(document.Id, "", text, document.Score)).ToList();
        var run = Answering()
            .On<EmbedStage>(ActivityNames[0], (_, _) => Work.Returns(new EmbeddedQuestion(new byte[4096 * sizeof(float)], "m", 1)))
            .On<RetrieveStage>(ActivityNames[1], (_, _) => Work.Returns(new RankedDocuments(documents, null, 0)))
            .On<RerankStage>(ActivityNames[2], (_, _) => Work.Returns(new RankedDocuments(documents.Take(RagLimits.MaxTopN).ToList(), "m", 1)))
            .On<GenerateStage>(ActivityNames[3], (_, _) => Work.Returns(new GeneratedAnswer(new string('a', 4 * RagLimits.MaxTokens), "stop", sources, new RagUsage(1, 1), "m", 1)));

        await run.RunAsync(Request() with { Question = new string('"', RagLimits.MaxQuestionBytes) });

        Assert.All(run.Payloads, payload => Assert.InRange(payload.Length, 1, 256 * 1024));
    }

    private static readonly EmbeddedQuestion Embedded = new([1, 2, 3, 4], "embedder", 1);

    private static readonly RankedDocuments Retrieved = new([new RankedDocument("one", 0.9f), new RankedDocument("two", 0.8f)], null, 0);

    private static readonly RankedDocuments Ranked = new([new RankedDocument("two", 0.95f)], "reranker", 2);

    private static readonly GeneratedAnswer Generated =
        new("because", "stop", [new RagSource("two", "Two", "because", 0.95f)], new RagUsage(7, 2), "generator", 3);

    private static ReplayedRun<RagRequest, RagAnswer> Answering() => new ReplayedRun<RagRequest, RagAnswer>(new RagPipeline())
        .On<EmbedStage>(ActivityNames[0], (_, _) => Work.Returns(Embedded))
        .On<RetrieveStage>(ActivityNames[1], (_, _) => Work.Returns(Retrieved))
        .On<RerankStage>(ActivityNames[2], (_, _) => Work.Returns(Ranked))
        .On<GenerateStage>(ActivityNames[3], (_, _) => Work.Returns(Generated));

    private static RagRequest Request(long timeoutMs = 30_000, double graceMs = 50) => new(
        "why?", "handbook", "acme", 10, 3, 256, timeoutMs, new RagModels("embedder", "reranker", "generator"), new StageShares(3000, 0.8, graceMs));

    private static T Deserialized<T>(ReplayedRun<RagRequest, RagAnswer> run) =>
        System.Text.Json.JsonSerializer.Deserialize<T>(run.Actions.First(action => action.Name == nameof(RetrieveActivity)).Input!)!;

    private sealed record Fate(int Seed, int Hang, int Fail, int TimeoutMs);

    private static Arbitrary<Fate> Fates() => Arb.From(
        from seed in Gen.Choose(0, int.MaxValue)
        from hang in Gen.Choose(0, 50)
        from fail in Gen.Choose(0, 50)
        from timeout in Gen.Choose(1000, 60_000)
        select new Fate(seed, hang, fail, timeout));
}
