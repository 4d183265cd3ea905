namespace Hybrid.Models.Tests.Encoders;

public sealed class EmbedModelTests(DemoFolder demo)
{
    [Theory]
    [InlineData("the queues", "a queue", "a model")]
    [InlineData("batching", "a batch", "a blob")]
    [InlineData("HOW ARE WEIGHTS STAGED", "weights are staged", "histograms are measured")]
    [InlineData("weights", "Weights", "tokens")]
    [InlineData("(close)", "It was closed.", "deadline")]
    [InlineData("Café queues", "CAFE: a queue!", "budget")]
    [InlineData("a zorgblatt", "zorgblatt", "budget")]
    public void Embed_RelatedText_IsNearerThanAnother(string text, string related, string other)
    {
        var vectors = demo.Embed.Embed(text, related, other);

        Assert.True(Dot(vectors[0], vectors[1]) > Dot(vectors[0], vectors[2]) + 0.2f);
    }

    [Theory]
    [InlineData("!?")]
    [InlineData("日本語 🙂")]
    [InlineData("the of and")]
    public void Embed_TextOfNoKnownWord_GivesNumbers(string text) => Assert.All(demo.Embed.Embed(text)[0], x => Assert.True(float.IsFinite(x)));

    [Fact]
    public void Embed_BatchWithPadding_EqualsEachAlone()
    {
        string[] texts = ["queue", Corpus.Passages[0].Text, "How are weights staged?"];

        var together = demo.Embed.Embed(texts);

        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(demo.Embed.Embed(texts[i])[0], together[i]);
    }

    private static float Dot(float[] a, float[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);
}
