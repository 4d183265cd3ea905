using Hybrid.GpuHost.Tokenization.Normalization;

namespace Hybrid.GpuHost.Tests.Tokenization.Normalization;

public sealed class UnicodeNormalizationTests
{
    [Theory]
    // From the examples of Unicode Standard Annex #15 and its NormalizationTest.txt: text, NFC, NFD, NFKC, NFKD.
    [InlineData("é", "é", "e\u0301", "é", "e\u0301")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("각", "각", "\u1100\u1161\u11A8", "각", "\u1100\u1161\u11A8")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b", "\u00E0\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("plain", "plain", "plain", "plain", "plain")]
    public void Normalize_Text_IsAsTheStandardHasIt(string text, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.Equal(nfc, UnicodeNormalization.Compose(text, compatibility: false));
        Assert.Equal(nfd, UnicodeNormalization.Decompose(text, compatibility: false));
        Assert.Equal(nfkc, UnicodeNormalization.Compose(text, compatibility: true));
        Assert.Equal(nfkd, UnicodeNormalization.Decompose(text, compatibility: true));
    }
}
