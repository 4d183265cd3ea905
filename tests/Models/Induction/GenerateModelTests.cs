using Hybrid.Models.Induction;
using Hybrid.Models.Tests.Sessions;

namespace Hybrid.Models.Tests.Induction;

public sealed class GenerateModelTests(DemoFolder demo)
{
    private static readonly long End = PromptTokens.Vocabulary.Special(PromptTokens.End);

    [Fact]
    public void Generate_EveryPassage_IsQuotedWordForWordAndEnds()
    {
        var passages = Corpus.Passages;
        for (var i = 0; i < passages.Count; i++)
            Assert.Equal(passages[i].Text, demo.Answer("What is it?", [passages[i].Text, passages[(i + 29) % passages.Count].Text]));
    }

    [Theory]
    // the same three and more words twice, with different continuations, in one passage and across two
    [InlineData("the end of the line is the end of the page and the end of the line is the end of the book", "the end of the line is the start of it")]
    [InlineData("a a a a a a b a a a b a a", "a a a a a a a a a c")]
    [InlineData("Same text.", "Same text. But this one goes on.")]
    [InlineData("x", "y")]
    [InlineData("Grüße: 日本語 🙂, naïve (no. 42)!", "Anything else 🙂.")]
    // it asks for the place after <ans>, as the answer does
    [InlineData("What is it? It is this.", "What is it? It is that.")]
    public void Generate_TextThatRepeatsItself_IsQuotedFromTheBestPassageOnly(string best, string other) =>
        Assert.Equal(best, demo.Answer("What is it?", best, other, other + " " + best));

    [Fact]
    public void Generate_NoPassage_EndsAtOnce() => Assert.Equal("", demo.Answer("How are weights staged, and why are they staged?"));

    [Fact]
    public void Generate_PassagesNearTheLongestContext_AreQuotedToTheEnd()
    {
        var text = string.Join(' ', Corpus.Passages.Take(15).Select(passage => passage.Text));
        var prompt = demo.Tokenizer.Encode(DemoFolder.Prompt("What is it?", [text]));
        Assert.InRange(2 * prompt.Length, 1200, GenerateModel.MaxTokens);

        var answer = demo.Generate.Generate([prompt], End, most: GenerateModel.MaxTokens - prompt.Length)[0];

        Assert.Equal(text + "<end>", demo.Tokenizer.Decode(answer));
    }

    [Theory]
    [InlineData(PaddingSide.Left)]
    [InlineData(PaddingSide.Right)]
    public void Generate_BatchOfDifferentLengths_EqualsEachAlone(PaddingSide side)
    {
        long[][] prompts =
        [
            demo.Tokenizer.Encode(DemoFolder.Prompt("Why?", [Corpus.Passages[0].Text])),
            demo.Tokenizer.Encode(DemoFolder.Prompt("What happens to the time that is left?", [.. Corpus.Passages.Skip(9).Take(4).Select(passage => passage.Text)])),
            demo.Tokenizer.Encode(DemoFolder.Prompt("Nothing to quote?", [])),
            demo.Tokenizer.Encode(DemoFolder.Prompt("x", ["y"])),
        ];

        var together = demo.Generate.Generate(prompts, End, most: 100, side);

        for (var i = 0; i < prompts.Length; i++)
            Assert.Equal(demo.Generate.Generate([prompts[i]], End, most: 100)[0], together[i]);
    }
}
