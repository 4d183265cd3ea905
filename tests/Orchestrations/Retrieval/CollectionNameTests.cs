using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Tests.Retrieval;

public sealed class CollectionNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("hand-book-2")]
    [InlineData("a--b")]
    public void Name_OfLettersDigitsAndInnerHyphens_IsValid(string name) => Assert.True(CollectionName.IsValid(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("é")]
    [InlineData("a\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Name_OfAnythingElse_IsNot(string? name) => Assert.False(CollectionName.IsValid(name));
}
