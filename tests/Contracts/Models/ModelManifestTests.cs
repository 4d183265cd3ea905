using System.Text;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Contracts.Tests.Models;

public sealed class ModelManifestTests
{
    private const string Sha = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void Manifest_ThereAndBack_IsTheSame()
    {
        var manifest = new ModelManifest([new ModelFile("1_Pooling/config.json", 12, Sha), new ModelFile("model.onnx", 0, Sha)]);

        Assert.Equal(manifest.Files, ModelManifest.Parse(manifest.ToJson()).Files);
    }

    [Theory]
    [InlineData("../model.onnx")]
    [InlineData("a/../../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("")]
    public void Manifest_WithAPathThatCouldLeaveItsFolder_IsRefused(string path) => AssertRefused(new ModelManifest([new ModelFile(path, 1, Sha)]));

    [Theory]
    [InlineData(-1, Sha)]
    [InlineData(1, "abc")]
    [InlineData(1, "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public void Manifest_WithABadSizeOrHash_IsRefused(long size, string sha) => AssertRefused(new ModelManifest([new ModelFile("model.onnx", size, sha)]));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"files\":[]}")]
    [InlineData("{\"files\":[null]}")]
    [InlineData("{\"files\":[{}]}")]
    [InlineData("not json")]
    public void Manifest_ThatIsNone_IsRefused(string json)
    {
        var error = Assert.Throws<HybridException>(() => ModelManifest.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(ErrorCode.Unprocessable, error.Error.Code);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "A")]
    [InlineData("a/b", "a/b/c")]
    [InlineData("A", "a/b")]
    public void Manifest_WithPathsThatCannotBothBe_IsRefused(string one, string other) =>
        AssertRefused(new ModelManifest([new ModelFile(one, 1, Sha), new ModelFile(other, 1, Sha)]));

    [Fact]
    public void Manifest_ThatListsItself_IsRefused() => AssertRefused(new ModelManifest([new ModelFile(ModelManifest.FileName, 1, Sha)]));

    [Fact]
    public void Manifest_WithoutGoldenSamples_DoesNotMentionThem() =>
        Assert.DoesNotContain("golden", Encoding.UTF8.GetString(new ModelManifest([new ModelFile("a", 1, Sha)]).ToJson()), StringComparison.Ordinal);

    [Fact]
    public void Manifest_WithGoldenSamples_ThereAndBack_IsTheSame()
    {
        var manifest = new ModelManifest([new ModelFile("golden/1.request", 1, Sha), new ModelFile("golden/1.reply", 1, Sha)], [new GoldenSample("golden/1.request", "golden/1.reply", 0.5)]);

        Assert.Equal(manifest.Golden, ModelManifest.Parse(manifest.ToJson()).Golden);
    }

    [Fact]
    public void Manifest_WithAGoldenSampleWithoutTolerance_HasTheDefault()
    {
        var json = $$"""{"files":[{"path":"a","size":1,"sha256":"{{Sha}}"}],"golden":[{"request":"a","reply":"a"}]}""";

        Assert.Equal([new GoldenSample("a", "a", GoldenSample.DefaultTolerance)], ModelManifest.Parse(Encoding.UTF8.GetBytes(json)).Golden!);
    }

    [Theory]
    [InlineData("a", "absent", 1)]
    [InlineData("absent", "a", 1)]
    [InlineData("a", null, 1)]
    [InlineData("a", "a", -1)]
    public void Manifest_WithAGoldenSampleThatCannotBeChecked_IsRefused(string request, string? reply, double tolerance) =>
        AssertRefused(new ModelManifest([new ModelFile("a", 1, Sha)], [new GoldenSample(request, reply!, tolerance)]));

    private static void AssertRefused(ModelManifest manifest) => Assert.Throws<HybridException>(() => ModelManifest.Parse(manifest.ToJson()));
}
