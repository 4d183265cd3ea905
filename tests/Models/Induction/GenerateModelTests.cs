using Hybrid.Models.Induction;

namespace Hybrid.Models.Tests.Induction;

public sealed class GenerateModelTests(DemoFolder demo)
{
    private static readonly long End = PromptTokens.Vocabulary.Special(PromptTokens.End);

    [Fact]
    public void Generate_EveryPassage_IsQuotedWordForWordAndEnds()
    {
        var passages = Corpus.Passages;
        var wrong = new List<string>();
        for (var i = 0; i < passages.Count; i++)
        {
            var others = Enumerable.Range(1, 4).Select(step => passages[(i + step * 13) % passages.Count].Text);
            var prompt = demo.Tokenizer.Encode(Prompt("What is it?", [passages[i].Text, .. others]));
            var answer = demo.Generate.Generate([prompt], End, 200)[0];
            var text = demo.Tokenizer.Decode(answer);
            if (text != passages[i].Text + "<end>")
                wrong.Add($"{passages[i].Id}: {text}");
        }

        Assert.Empty(wrong);
    }

    internal static string Prompt(string question, IReadOnlyList<string> texts) =>
        string.Concat(texts.Select((text, i) => $"{(i == 0 ? "<ans>" : "<doc>")}{text}<end>")) + $"<ask>{question}<ans>";
}
