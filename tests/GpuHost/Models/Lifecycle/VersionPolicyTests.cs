using Hybrid.GpuHost.Models.Lifecycle;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

public sealed class VersionPolicyTests
{
    [Theory]
    [InlineData("latest", new[] { 7 })]
    [InlineData("latest:2", new[] { 3, 7 })]
    [InlineData(" Latest : 9 ", new[] { 1, 2, 3, 7 })]
    [InlineData("all", new[] { 1, 2, 3, 7 })]
    [InlineData("specific:3", new[] { 3 })]
    [InlineData("specific:7, 1,5", new[] { 1, 7 })]
    public void Select_OfFourVersions_IsWhatThePolicySays(string policy, int[] expected) =>
        Assert.Equal(expected, VersionPolicy.Parse(policy).Select([2, 7, 1, 3]));

    [Theory]
    [InlineData("latest")]
    [InlineData("all")]
    [InlineData("specific:1")]
    public void Select_OfNone_IsNone(string policy) => Assert.Empty(VersionPolicy.Parse(policy).Select([]));

    [Theory]
    [InlineData("")]
    [InlineData("newest")]
    [InlineData("latest:")]
    [InlineData("latest:0")]
    [InlineData("latest:-1")]
    [InlineData("latest:1,2")]
    [InlineData("latest:1001")]
    [InlineData("all:1")]
    [InlineData("specific")]
    [InlineData("specific:")]
    [InlineData("specific:1,x")]
    [InlineData("specific:0")]
    public void Parse_WhatIsNoPolicy_SaysWhatIs(string text)
    {
        var exception = Assert.Throws<FormatException>(() => VersionPolicy.Parse(text));

        Assert.Contains("latest, latest:2, all or specific:1,3", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("latest:3")]
    [InlineData("all")]
    [InlineData("specific:1,3")]
    public void ToString_OfAPolicy_ReadsAsTheSame(string text)
    {
        var policy = VersionPolicy.Parse(text);

        Assert.Equal(text, policy.ToString());
        Assert.Equal(policy, VersionPolicy.Parse(policy.ToString()));
    }
}
