using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Tests.Generation;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

/// <summary>Tokens to text one at a time, with the demo model's tokenizer and with a byte-level one of random merges.</summary>
public sealed class DetokenizerTests(DemoHost demo, GptFixture gpt) : IDisposable
{
    // Characters of one to four bytes, some of which only mean something together.
    private static readonly string[] Pieces = ["a", "the ", "Größe", "ž", "न्", "한", "日本", "🐎", "👩‍🚀", "🇨🇿", "é", "€", "\n", "\0", "<ans>"];

    private static readonly Gen<string> Text = Gen.ListOf(Gen.Elements(Pieces)).Select(parts => string.Concat(parts));

    private readonly HfTokenizer _demoTokenizer = HfTokenizer.Load(Path.Combine(demo.Repository, "demo-generate", "1"));

    private IEnumerable<ITextTokenizer> Tokenizers => [_demoTokenizer, gpt.Tokenizer];

    [Fact]
    public void AnyTokens_OneAtATime_AreTheWholeTextInWholeCharacters() => Assert.All(Tokenizers, tokenizer =>
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, tokenizer.VocabularySize - 1)).ToArbitrary(), tokens =>
        {
            var pieces = OneAtATime(tokenizer, [.. tokens]);
            return string.Concat(pieces) == tokenizer.Decode([.. tokens]) && pieces.All(IsWhole);
        }).QuickCheckThrowOnFailure());

    [Fact]
    public void AnyText_TokenizedAndOneAtATime_ComesBackInWholeCharacters() => Assert.All(Tokenizers, tokenizer =>
        Prop.ForAll(Text.ToArbitrary(), text =>
        {
            var pieces = OneAtATime(tokenizer, tokenizer.Tokenize(text));
            return string.Concat(pieces) == text && pieces.All(piece => IsWhole(piece) && !piece.Contains('\uFFFD', StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure());

    [Fact]
    public void Character_OfSeveralTokens_ComesWithItsLast()
    {
        var tokens = gpt.Tokenizer.Tokenize("🐎");
        var pieces = OneAtATime(gpt.Tokenizer, tokens);

        Assert.True(tokens.Length > 1);
        Assert.All(pieces[..(tokens.Length - 1)], Assert.Empty);
        Assert.Equal("🐎", pieces[tokens.Length - 1]);
    }

    [Fact]
    public void Character_ThatNeverEnds_IsAReplacementCharacterAtTheEnd()
    {
        var pieces = OneAtATime(gpt.Tokenizer, gpt.Tokenizer.Tokenize("🐎")[..^1]);

        Assert.All(pieces[..^1], Assert.Empty);
        Assert.Equal("\uFFFD", pieces[^1]);
    }

    public void Dispose() => _demoTokenizer.Dispose();

    /// <summary>What each token gives, and at last what was held back.</summary>
    private static string[] OneAtATime(ITextTokenizer tokenizer, int[] tokens)
    {
        var detokenizer = tokenizer.CreateDetokenizer();
        return [.. tokens.Select(detokenizer.Append), detokenizer.Flush()];
    }

    private static bool IsWhole(string text) => !char.IsLowSurrogate(text.FirstOrDefault()) && !char.IsHighSurrogate(text.LastOrDefault());
}
