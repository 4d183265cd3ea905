namespace Hybrid.Models.Tests;

/// <summary>The demo's pipeline in small: embed, take the nearest twenty, rerank them, answer from the best five.</summary>
public sealed class RetrievalTests(DemoFolder demo)
{
    private const int Candidates = 20;
    private const int Sources = 5;

    // Of 46. They are constructed models, not understanding ones: an odd question may fail, the usual ones may not.
    private const int RightAnswersNeeded = 44;

    [Fact]
    public void Questions_ThroughAllThreeModels_AreAnsweredWithTheRightPassageWordForWord()
    {
        var vectors = demo.Embed.Embed([.. Corpus.Passages.Select(passage => passage.Text)]);
        var wrong = new List<string>();
        foreach (var question in Corpus.Questions)
        {
            var sources = Retrieve(question.Text, vectors);
            var answer = demo.Answer(question.Text, [.. sources.Select(source => source.Text)]);
            if (answer != Corpus.Passages.Single(passage => passage.Id == question.PassageId).Text)
                wrong.Add($"{question.Text} wanted {question.PassageId}, sources {string.Join(", ", sources.Select(source => source.Id))}, answer: {answer}");
        }

        Assert.True(Corpus.Questions.Count - wrong.Count >= RightAnswersNeeded, string.Join("\n", wrong));
    }

    [Fact]
    public void Questions_AllHaveTheirPassageAmongTheNearestTwenty()
    {
        var vectors = demo.Embed.Embed([.. Corpus.Passages.Select(passage => passage.Text)]);

        Assert.All(Corpus.Questions, question => Assert.Contains(question.PassageId, Nearest(question.Text, vectors).Select(passage => passage.Id)));
    }

    private static float Dot(float[] a, float[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);

    private Passage[] Nearest(string question, float[][] vectors)
    {
        var query = demo.Embed.Embed(question)[0];
        return [.. Corpus.Passages.Zip(vectors).OrderByDescending(pair => Dot(pair.Second, query)).Take(Candidates).Select(pair => pair.First)];
    }

    private Passage[] Retrieve(string question, float[][] vectors)
    {
        var nearest = Nearest(question, vectors);
        var scores = demo.Rerank.Score(question, [.. nearest.Select(passage => passage.Text)]);
        return [.. nearest.Zip(scores).OrderByDescending(pair => pair.Second).Take(Sources).Select(pair => pair.First)];
    }
}
