using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

public sealed class BytePairTests : IDisposable
{
    private readonly HfTokenizer _byteLevel = TokenizerFolder.Load(TokenizerFolder.ByteLevel());
    private readonly HfTokenizer _llama = TokenizerFolder.Load(TokenizerFolder.Llama());

    public void Dispose()
    {
        _byteLevel.Dispose();
        _llama.Dispose();
    }

    [Fact]
    public void Decode_OfTokenize_IsTheText() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        // Half a surrogate pair has no UTF-8, and a NUL ends a text for ONNX Runtime.
        text = string.Concat((text ?? "").EnumerateRunes().Where(rune => rune.Value is not (0 or 0xFFFD)));
        return _byteLevel.Decode(_byteLevel.Tokenize(text)) == text && _llama.Decode(_llama.Tokenize(text)) == text;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("hello world", new[] { "hello", "Ġworld" })]
    [InlineData("hellohello  hello", new[] { "hello", "hello", "Ġ", "Ġhello" })]
    [InlineData("é", new[] { "Ã", "©" })]
    public void Tokenize_ByteLevel_MergesInsideWords(string text, string[] tokens) =>
        Assert.Equal(tokens, Names(TokenizerFolder.ByteLevel(), _byteLevel.Tokenize(text)));

    [Fact]
    public void Tokenize_Llama_PutsASpaceBeforeAndBytesForWhatIsMissing()
    {
        Assert.Equal(["▁hello", "▁hello"], Names(TokenizerFolder.Llama(), _llama.Tokenize("hello hello")));
        Assert.Equal(["▁", "<0xC3>", "<0xA9>"], Names(TokenizerFolder.Llama(), _llama.Tokenize("é")));
        // The operator loses carriage returns of merges that are written as one text.
        Assert.Equal(["▁\r", "\n"], Names(TokenizerFolder.Llama(), _llama.Tokenize("\r\n")));
    }

    [Fact]
    public void Encode_Llama_BeginsWithItsToken() => Assert.Equal(["<s>", "▁hello"], Names(TokenizerFolder.Llama(), _llama.Encode("hello").Ids));

    [Fact]
    public void Tokenize_OneVeryLongWord_IsCutAndNothingIsLost()
    {
        var text = string.Concat(Enumerable.Repeat("helloworld", 2_000)) + "😀";

        Assert.Equal(text, _byteLevel.Decode(_byteLevel.Tokenize(text)));
    }

    [Fact]
    public void Tokenize_MoreWordsThanOneRunTakes_KeepsTheirOrder()
    {
        var text = string.Concat(Enumerable.Range(0, 9_000).Select(i => i % 3 == 0 ? " hello" : " world"));

        Assert.Equal(text, _byteLevel.Decode(_byteLevel.Tokenize(text)));
    }

    [Fact]
    public void Append_TokensOfOneCharacter_GivesItWhenItIsWhole()
    {
        var detokenizer = _byteLevel.CreateDetokenizer();
        var pieces = _byteLevel.Tokenize("a😀b").Select(detokenizer.Append).ToArray();

        Assert.Equal(["a", "", "", "", "😀", "b"], pieces);
        Assert.Equal("", detokenizer.Flush());
    }

    [Fact]
    public void Flush_InsideACharacter_SaysThatItIsBroken()
    {
        var detokenizer = _byteLevel.CreateDetokenizer();

        Assert.Equal("", string.Concat(_byteLevel.Tokenize("😀").SkipLast(1).Select(detokenizer.Append)));
        Assert.Equal("\uFFFD", detokenizer.Flush());
    }

    [Fact]
    public void Decode_NumbersThatAreNoTokens_AreNothing() => Assert.Equal("", _byteLevel.Decode([-1, 1_000_000]));

    private static string[] Names(JsonObject file, int[] ids)
    {
        var names = file["model"]!["vocab"]!.AsObject().ToDictionary(entry => entry.Value!.GetValue<int>(), entry => entry.Key);
        return Array.ConvertAll(ids, id => names[id]);
    }
}
