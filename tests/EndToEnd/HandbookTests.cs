using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Models;
using Hybrid.Stack.Calls;

namespace Hybrid.EndToEnd.Tests;

public sealed class HandbookTests(SharedStack shared)
{
    private const int RightAnswersNeeded = 18;

    [Fact]
    public async Task Questions_AboutTheHandbook_AreAnsweredWithTheRightPassageWordForWord()
    {
        var passages = Corpus.Passages.ToDictionary(passage => passage.Id);
        var wrong = new List<string>();
        var questions = Corpus.Questions;
        Assert.InRange(questions.Count, 20, 200);

        foreach (var question in questions)
        {
            var answer = await shared.Api.AskAsync(Handbook.Collection, question.Text, TestContext.Current.CancellationToken);
            var right = passages[question.PassageId].Text;
            if (answer.Text != right || answer.Sources[0].Id != question.PassageId)
            {
                wrong.Add($"{question.Text}\n  wanted {question.PassageId}: {right}\n  got    {answer.Sources[0].Id}: {answer.Text}");
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{questions.Count - wrong.Count} of {questions.Count} right");
        Assert.True(questions.Count - wrong.Count >= RightAnswersNeeded, string.Join("\n", wrong));
    }

    [Fact]
    public async Task Answer_SaysItsSourcesAndWhereTheTimeWent()
    {
        var answer = await shared.Api.AskAsync(Handbook.Collection, "How are weights staged?", TestContext.Current.CancellationToken);

        Assert.Equal(["embed", "retrieve", "rerank", "generate"], answer.Stages.Select(stage => stage.Name));
        Assert.All(answer.Stages, stage => Assert.InRange(stage.Milliseconds, 0, 30_000));
        Assert.Equal(answer.Sources.OrderByDescending(source => source.Score), answer.Sources);
    }
}
