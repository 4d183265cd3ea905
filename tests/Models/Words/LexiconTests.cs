using Hybrid.Models.Words;

namespace Hybrid.Models.Tests.Words;

public sealed class LexiconTests
{
    private readonly Lexicon _lexicon = new(["The queue is closed.", "A queue is the place.", "Queues and blobs."]);

    [Fact]
    public void Weight_RarerWord_IsHigher()
    {
        Assert.True(_lexicon.Weight("blobs") > _lexicon.Weight("queue"));
        Assert.Equal(_lexicon.Weight("queues"), _lexicon.Weight("queue"));
        Assert.Equal(1, _lexicon.Weight("blobs"));
    }

    [Fact]
    public void Weight_FunctionWordOrNoWord_IsNextToNothing()
    {
        Assert.InRange(_lexicon.Weight("what"), 0.001f, 0.05f);
        Assert.Equal(0, _lexicon.Weight(""));
    }

    [Fact]
    public void Stem_PieceThatIsAStemOfTheCorpus_StaysAsItIs()
    {
        Assert.Equal("clos", _lexicon.Stem("clos"));
        Assert.Equal(_lexicon.Stem("closed"), _lexicon.Stem("clos"));
    }
}
