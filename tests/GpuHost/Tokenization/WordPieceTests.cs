using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

public sealed class WordPieceTests : IDisposable
{
    private readonly HfTokenizer _tokenizer = TokenizerFolder.Load(TokenizerFolder.Bert());

    public void Dispose() => _tokenizer.Dispose();

    [Theory]
    // As Hugging Face's own tokenizer of bert-base-uncased has them.
    [InlineData("Hello, world!", new[] { 7592, 1010, 2088, 999 })]
    [InlineData("How are you?", new[] { 2129, 2024, 2017, 1029 })]
    [InlineData("CAFÉ café cafe\u0301", new[] { 7668, 7668, 7668 })]
    [InlineData("tokenization tokenizer", new[] { 19204, 3989, 19204, 17629 })]
    [InlineData("unaffable", new[] { 4895, 10354, 3085 })]
    [InlineData("hello\t\r\n world\u0000\u200b", new[] { 7592, 2088 })]
    [InlineData("hello中文world", new[] { 7592, 1746, 1861, 2088 })]
    [InlineData("", new int[0])]
    [InlineData(" \n ", new int[0])]
    public void Tokenize_Text_GivesTheModelsIds(string text, int[] ids) => Assert.Equal(ids, _tokenizer.Tokenize(text));

    [Fact]
    public void Tokenize_WordThatCannotBeFinished_IsOneUnknownToken() => Assert.Equal([100, 2088], _tokenizer.Tokenize("unworld☃ world"));

    [Fact]
    public void Tokenize_WordOver100Characters_IsUnknown() => Assert.Equal([100], _tokenizer.Tokenize(new string('a', 101)));

    [Fact]
    public void Encode_Text_HasItsSpecialTokens()
    {
        var encoded = _tokenizer.Encode("hello world");

        Assert.Equal([101, 7592, 2088, 102], encoded.Ids);
        Assert.Equal([0, 0, 0, 0], encoded.TypeIds);
        Assert.Equal(0, encoded.Overflow);
    }

    [Fact]
    public void Encode_LongerThanAllowed_CutsTheTextAndKeepsTheSpecialTokens()
    {
        var encoded = _tokenizer.Encode("hello world how are you", maxTokens: 4);

        Assert.Equal([101, 7592, 2088, 102], encoded.Ids);
        Assert.Equal(3, encoded.Overflow);
    }

    [Fact]
    public void EncodePairs_Passages_EachBesideTheQueryWithItsTypes()
    {
        var pairs = _tokenizer.EncodePairs("how", ["hello", "hello world"]);

        Assert.Equal([101, 2129, 102, 7592, 102], pairs[0].Ids);
        Assert.Equal([0, 0, 0, 1, 1], pairs[0].TypeIds);
        Assert.Equal([101, 2129, 102, 7592, 2088, 102], pairs[1].Ids);
    }

    [Fact]
    public void EncodePairs_LongerThanAllowed_CutsTheSecond()
    {
        var pair = _tokenizer.EncodePairs("how are", ["hello world"], maxTokens: 6).Single();

        Assert.Equal([101, 2129, 2024, 102, 7592, 102], pair.Ids);
        Assert.Equal(1, pair.Overflow);
    }

    [Fact]
    public void EncodePairs_QueryLeavesNoRoom_IsUnprocessable()
    {
        var exception = Assert.Throws<HybridException>(() => _tokenizer.EncodePairs("how are you", ["hello"], maxTokens: 6));

        Assert.Equal(ErrorCode.Unprocessable, exception.Error.Code);
    }

    [Fact]
    public void Decode_Tokens_JoinsSubwordsAndPunctuation() =>
        Assert.Equal("unaffable, hello world!", _tokenizer.Decode([101, 4895, 10354, 3085, 1010, 7592, 2088, 999, 102]));

    [Fact]
    public void PadTokenId_FromTheConfiguration_IsThatToken()
    {
        using var tokenizer = TokenizerFolder.Load(TokenizerFolder.Bert(), new() { ["pad_token"] = "[MASK]" });

        Assert.Equal(103, tokenizer.PadTokenId);
    }

    [Fact]
    public void Tokenize_FromManyThreads_GivesTheSame() => Parallel.For(0, 200, _ =>
        Assert.Equal([7592, 1010, 2088, 999], _tokenizer.Tokenize("Hello, world!")));
}
