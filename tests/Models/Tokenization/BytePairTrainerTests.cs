using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Tests.Tokenization;

public sealed class BytePairTrainerTests
{
    [Fact]
    public void Train_Words_BeginsWithTheMostFrequentPairAndEndsWithWholeWords()
    {
        var merges = BytePairTrainer.Train(new Dictionary<string, int> { ["low"] = 5, ["lower"] = 2, ["newest"] = 6 });

        // w-e, e-s and s-t occur 6 to 8 times; "we" in lower and newest most
        Assert.Equal(("w", "e"), merges[0]);
        Assert.Superset(new HashSet<string> { "low", "lower", "newest" }, merges.Select(merge => merge.Left + merge.Right).ToHashSet());
    }

    [Fact]
    public void Train_WordsInAnotherOrder_GivesTheSameMerges()
    {
        var words = new Dictionary<string, int> { ["ab"] = 1, ["ba"] = 1, ["abba"] = 1, ["é"] = 1 };

        Assert.Equal(BytePairTrainer.Train(words), BytePairTrainer.Train(words.Reverse().ToDictionary()));
    }

    [Fact]
    public void Train_RunsOfOneCharacter_MergesFromTheLeft() =>
        Assert.Equal([("a", "a"), ("aa", "a")], BytePairTrainer.Train(new Dictionary<string, int> { ["aaa"] = 1 }));
}
