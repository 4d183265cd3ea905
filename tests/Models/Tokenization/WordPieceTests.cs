using Hybrid.Models.Encoders;
using Hybrid.Models.Tests.Sessions;
using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Tests.Tokenization;

public sealed class WordPieceTests(DemoFolder demo)
{
    [Theory]
    [InlineData("The Queue", "[CLS] the queue [SEP]")]
    [InlineData("queues, (queue)!", "[CLS] queue ##s , ( queue ) ! [SEP]")]
    [InlineData("close", "[CLS] clos ##e [SEP]")]
    [InlineData("Café", "[CLS] c ##a ##f ##e [SEP]")]
    [InlineData("日本 🙂", "[CLS] [UNK] [UNK] [UNK] [SEP]")]
    [InlineData("", "[CLS] [SEP]")]
    public void Encode_Text_IsTheLongestKnownPieces(string text, string pieces)
    {
        using var session = new WordPieceSession(demo.Model(EmbedModel.Name));

        Assert.Equal(pieces, string.Join(' ', session.Encode(text).Ids.Select(id => WordPieceVocabulary.OfCorpus.Entries[(int)id])));
    }

    [Fact]
    public void Encode_EveryPassage_IsAllKnown()
    {
        using var session = new WordPieceSession(demo.Model(EmbedModel.Name));
        var unknown = WordPieceVocabulary.OfCorpus.Entries.ToList().IndexOf(WordPieceVocabulary.Unknown);

        Assert.All(Corpus.Passages, passage => Assert.DoesNotContain(unknown, session.Encode(passage.Text).Ids));
    }

    [Fact]
    public void FilledUp_ToASize_HasThatSizeAndNoEntryTwice()
    {
        var vocabulary = WordPieceVocabulary.OfCorpus.FilledUp(30522);

        Assert.Equal(30522, vocabulary.Size);
        Assert.Equal(vocabulary.Size, vocabulary.Entries.Distinct(StringComparer.Ordinal).Count());
    }
}
