using Hybrid.Models.Words;

namespace Hybrid.Models.Tests.Words;

public sealed class WordTests
{
    [Theory]
    [InlineData("queue", "queues", "queued", "queueing")]
    [InlineData("batch", "batches", "batched", "batching")]
    [InlineData("cache", "caches", "cached", "caching")]
    [InlineData("stop", "stops", "stopped", "stopping")]
    [InlineData("retry", "retries", "retried", "retrying")]
    [InlineData("call", "calls", "called", "calling")]
    [InlineData("process", "processes", "processed", "processing")]
    public void Stem_FormsOfOneWord_AreEqual(string word, params string[] forms) =>
        Assert.All(forms, form => Assert.Equal(Word.Stem(word), Word.Stem(form)));

    [Theory]
    [InlineData("status")]
    [InlineData("gpu")]
    [InlineData("is")]
    [InlineData("bus")]
    [InlineData("404")]
    [InlineData("")]
    public void Stem_WordWithoutEnding_StaysAsItIs(string word) => Assert.Equal(word, Word.Stem(word));

    [Fact]
    public void InText_Text_IsItsWordsInLowerCase() =>
        Assert.Equal(["the", "gpu", "host", "s", "sha", "256", "größe"], Word.InText("The GPU-host's SHA-256 (Größe)..."));
}
