using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

public sealed class UnigramTests : IDisposable
{
    private readonly HfTokenizer _tokenizer = TokenizerFolder.Load(TokenizerFolder.Unigram());

    public void Dispose() => _tokenizer.Dispose();

    [Theory]
    [InlineData("hello world", new[] { 4, 5 })]
    [InlineData("hello  worlds", new[] { 4, 5, 8 })]
    [InlineData("hellos world", new[] { 4, 8, 5 })]
    [InlineData("", new int[0])]
    [InlineData("   ", new int[0])]
    public void Tokenize_Text_TakesTheLikeliestPieces(string text, int[] ids) => Assert.Equal(ids, _tokenizer.Tokenize(text));

    [Fact]
    public void Encode_Text_EndsWithItsToken() => Assert.Equal([4, 5, 1], _tokenizer.Encode("hello world").Ids);

    [Fact]
    public void Decode_Tokens_JoinsWords() => Assert.Equal("hello world", _tokenizer.Decode([4, 5, 1]));

    [Fact]
    public void Tokenize_LongText_IsCutBetweenWords()
    {
        var ids = _tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat("hello world", 1_000)));

        Assert.Equal(Enumerable.Repeat(new[] { 4, 5 }, 1_000).SelectMany(pair => pair), ids);
    }
}
