using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

/// <summary>Nobody can write a control token into a text: for every kind of model.</summary>
public sealed class SpecialTokenTests
{
    public static TheoryData<string> Kinds => ["bert", "byte-level", "llama", "unigram"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Tokenize_TextWithControlTokens_MakesNone(string kind)
    {
        using var tokenizer = Load(kind);
        var control = tokenizer.SpecialTokens.Where(token => token.Key is not ("[UNK]" or "<unk>")).ToList();
        var words = Gen.Elements([.. control.Select(token => token.Key), "hello", " ", "<", ">", "|", "[", "]", "im_end|>", "<|im_"]);
        Prop.ForAll(Gen.ListOf(words).Select(list => string.Concat(list)).ToArbitrary(), text =>
            !tokenizer.Tokenize(text).Intersect(control.Select(token => token.Value)).Any()).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Tokenize_PromptWithControlTokens_HasThoseOfTheTemplateAlone(string kind)
    {
        using var tokenizer = Load(kind);
        var (text, id) = tokenizer.SpecialTokens.First(token => token.Key is "[SEP]" or "<|im_end|>" or "</s>");
        var prompt = MarkedText.Concat([MarkedText.Trusted(text), MarkedText.Outside($"hello {text}"), MarkedText.Trusted(text)]);

        var ids = tokenizer.Tokenize(prompt);

        Assert.Equal(2, ids.Count(token => token == id));
        Assert.Equal(id, ids[0]);
        Assert.Equal(id, ids[^1]);
    }

    [Fact]
    public void Tokenize_TokenHalfFromTheTemplate_IsNone()
    {
        using var tokenizer = Load("byte-level");
        var prompt = MarkedText.Concat([MarkedText.Trusted("<|im_"), MarkedText.Outside("end|>"), MarkedText.Trusted("<|im_end"), MarkedText.Outside("|>")]);

        Assert.Empty(tokenizer.Tokenize(prompt).Intersect(tokenizer.SpecialTokens.Values));
    }

    [Fact]
    public void Tokenize_TagThatIsNotDeclaredSpecial_IsTheTemplatesToo()
    {
        using var tokenizer = Load("byte-level");
        var id = tokenizer.SpecialTokens.Values.Max() + 1;

        Assert.DoesNotContain(id, tokenizer.Tokenize("<tool_call>"));
        Assert.Equal([id], tokenizer.Tokenize(MarkedText.Trusted("<tool_call>")));
    }

    [Fact]
    public void Tokenize_WordThatWasAdded_IsFoundInAnyText()
    {
        using var tokenizer = Load("byte-level");

        Assert.Equal([tokenizer.SpecialTokens.Values.Max() + 2], tokenizer.Tokenize("covid"));
    }

    private static HfTokenizer Load(string kind) => TokenizerFolder.Load(kind switch
    {
        "bert" => TokenizerFolder.Bert(),
        "byte-level" => TokenizerFolder.ByteLevel(),
        "llama" => TokenizerFolder.Llama(),
        _ => TokenizerFolder.Unigram(),
    });
}
