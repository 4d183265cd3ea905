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

    private static void AssertRefused(ModelManifest manifest) => Assert.Throws<HybridException>(() => ModelManifest.Parse(manifest.ToJson()));
}
