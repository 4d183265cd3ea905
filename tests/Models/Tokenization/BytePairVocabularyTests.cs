using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Tests.Tokenization;

public sealed class BytePairVocabularyTests
{
    [Fact]
    public void Entries_OfTheCorpus_AreAllDifferent()
    {
        var entries = BytePairVocabulary.OfCorpus("<a>", "<b>").Entries;

        Assert.Equal(entries.Count, entries.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void FilledUp_ToASize_HasThatSizeAndKeepsItsIds()
    {
        var small = BytePairVocabulary.OfCorpus("<a>");
        var large = small.FilledUp(5000);

        Assert.Equal(5000, large.Size);
        Assert.Equal(small.Entries, large.Entries.Take(small.Size));
        Assert.Equal(large.Size, large.Entries.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Special_UnknownToken_NamesTheKnownOnes()
    {
        var exception = Assert.Throws<ArgumentException>(() => BytePairVocabulary.OfCorpus("<a>", "<b>").Special("<c>"));

        Assert.Contains("<a>, <b>", exception.Message, StringComparison.Ordinal);
    }
}
