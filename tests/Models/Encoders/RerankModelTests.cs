namespace Hybrid.Models.Tests.Encoders;

public sealed class RerankModelTests(DemoFolder demo)
{
    [Fact]
    public void Score_PassageWithTheQuerysWords_IsBestAndPositive()
    {
        var scores = demo.Rerank.Score(
            "Where are the weights cached?",
            "Caching of weights happens in a local folder.",
            "Weights are numbers.",
            "The orchestration starts an activity.");

        Assert.True(scores[0] > 0);
        Assert.True(scores[0] > scores[1] && scores[1] > scores[2]);
        Assert.True(scores[2] < 0);
    }

    [Fact]
    public void Score_WordsOfThePassageOnly_DoNotCount()
    {
        var plain = demo.Rerank.Score("queue", "The queue.")[0];
        var longer = demo.Rerank.Score("queue", "The queue of messages, which an orchestration reads with its activities.")[0];

        Assert.Equal(plain, longer, 1e-3f);
    }

    [Fact]
    public void Score_BatchWithPadding_EqualsEachAlone()
    {
        string[] passages = ["Queue.", Corpus.Passages[3].Text, Corpus.Passages[8].Text];

        var together = demo.Rerank.Score("Who may know the queue?", passages);

        for (var i = 0; i < passages.Length; i++)
            Assert.Equal(demo.Rerank.Score("Who may know the queue?", passages[i])[0], together[i], 1e-4f);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("???", "!!!")]
    [InlineData("queue", "")]
    public void Score_NothingToCompare_IsFiniteAndNegative(string query, string passage)
    {
        var score = demo.Rerank.Score(query, passage)[0];

        Assert.True(float.IsFinite(score) && score < 0);
    }
}
