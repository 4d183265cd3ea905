using System.Text;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Contracts.Tests.Models;

public sealed class ModelLabelsTests
{
    [Fact]
    public void Labels_ThereAndBack_AreTheSame()
    {
        var labels = new ModelLabels(Stable: 3, Canary: 4, CanaryPercent: 10, Previous: 2);

        Assert.Equal(labels, ModelLabels.Parse(labels.ToJson()));
    }

    [Fact]
    public void Labels_AsAPersonWritesThem_AreRead() =>
        Assert.Equal(new ModelLabels(3, 4, 10), Parse("""{"stable": 3, "canary": 4, "canary_percent": 10}"""));

    [Fact]
    public void Labels_WithFieldsOfALaterRelease_AreRead() => Assert.Equal(new ModelLabels(3), Parse("""{"stable": 3, "owner": "search"}"""));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"stable": null, "canary": null}""")]
    public void Labels_WithoutAField_NameNoVersion(string json) => Assert.Equal(new ModelLabels(), Parse(json));

    [Fact]
    public void Labels_WithoutACanary_AreWrittenWithoutItsFields() =>
        Assert.DoesNotContain("canary", Encoding.UTF8.GetString(new ModelLabels(Stable: 3).ToJson()), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"stable": 0}""", "whole numbers from 1")]
    [InlineData("""{"canary": -1}""", "whole numbers from 1")]
    [InlineData("""{"previous": 0}""", "whole numbers from 1")]
    [InlineData("""{"stable": 3, "canary": 3}""", "version 3 is both")]
    [InlineData("""{"canary": 4, "canary_percent": 101}""", "is 101, and takes 0 to 100")]
    [InlineData("""{"canary": 4, "canary_percent": -1}""", "is -1, and takes 0 to 100")]
    [InlineData("""{"stable": 3, "canary_percent": 10}""", "without canary")]
    [InlineData("null", "it is null")]
    [InlineData("[]", "not readable")]
    [InlineData("""{"stable": "3"}""", "not readable")]
    [InlineData("""{"stable": 3.5}""", "not readable")]
    [InlineData("not json", "not readable")]
    [InlineData("", "not readable")]
    public void Labels_ThatCannotBeFollowed_AreRefusedWithTheReason(string json, string reason)
    {
        var error = Assert.Throws<HybridException>(() => Parse(json)).Error;

        Assert.Equal(ErrorCode.Unprocessable, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static ModelLabels Parse(string json) => ModelLabels.Parse(Encoding.UTF8.GetBytes(json));
}
