namespace Hybrid.Models.Tests;

public sealed class CorpusTests
{
    [Fact]
    public void Passages_All_AreShortAndOfTheirOwnId()
    {
        Assert.InRange(Corpus.Passages.Count, 60, 100);
        Assert.Equal(Corpus.Passages.Count, Corpus.Passages.DistinctBy(passage => passage.Id).Count());
        Assert.All(Corpus.Passages, passage => Assert.InRange(passage.Text.Split(' ').Length, 25, 80));
        Assert.All(Corpus.Passages, passage => Assert.True(passage.Text.All(char.IsAscii) && !passage.Text.Contains('<', StringComparison.Ordinal)));
    }

    [Fact]
    public void Questions_All_HaveAPassage()
    {
        Assert.InRange(Corpus.Questions.Count, 24, 100);
        Assert.All(Corpus.Questions, question => Assert.Contains(Corpus.Passages, passage => passage.Id == question.PassageId));
    }
}
