using Hybrid.Models.Induction;

namespace Hybrid.Models.Tests.Tokenization;

public sealed class TokenizerTests(DemoFolder demo)
{
    [Fact]
    public void Encode_EveryPassage_ComesBackAndIsOneTokenAWord()
    {
        foreach (var passage in Corpus.Passages)
        {
            var ids = demo.Tokenizer.Encode(passage.Text);

            Assert.Equal(passage.Text, demo.Tokenizer.Decode(ids));
            Assert.InRange(ids.Length, 1, 1.4 * passage.Text.Split(' ').Length);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("  two  spaces \n\n and\ttabs ")]
    [InlineData("Grüße aus Zürich, ça va? 日本語 🙂 naïve")]
    [InlineData("it's we'll I'M don't 'tis")]
    [InlineData("x = a[1] << 2; // 3.14e-10 !!! ???")]
    [InlineData("supercalifragilistic antidisestablishmentarianism")]
    [InlineData("<ans> is a token, <answer> and < ans > are not")]
    public void Encode_AnyText_ComesBack(string text) => Assert.Equal(text, demo.Tokenizer.Decode(demo.Tokenizer.Encode(text)));

    [Fact]
    public void Encode_SpecialTokens_AreOneTokenEach()
    {
        var vocabulary = PromptTokens.Vocabulary;
        var expected = vocabulary.Specials.Select((_, id) => (long)id);

        Assert.Equal(expected, demo.Tokenizer.Encode(string.Concat(vocabulary.Specials)));
    }
}
