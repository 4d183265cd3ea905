using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;
using Hybrid.Models.Publishing;

namespace Hybrid.Models.Tests.Publishing;

public sealed class GoldenFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-models-").FullName;

    public GoldenFilesTests() => Write("model.onnx", []);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Declare_PairsOfFiles_NamesThemAsSamples()
    {
        foreach (var name in new[] { "short", "long" })
        {
            Write($"golden/{name}.request", Wire.Encode(new InferRequest("m", 0, [], [])));
            Write($"golden/{name}.reply", Wire.Encode(new InferReply("m", 1, [], default)));
        }

        var manifest = await DeclareAsync();

        Assert.Equal(
            [new("golden/long.request", "golden/long.reply", 0.5), new GoldenSample("golden/short.request", "golden/short.reply", 0.5)],
            ModelManifest.Parse(manifest.ToJson()).Golden);
        Assert.Equal(5, manifest.Files.Count);
    }

    [Fact]
    public async Task Declare_WithoutSamples_LeavesTheManifest() => Assert.Null((await DeclareAsync()).Golden);

    [Fact]
    public async Task RequestsWithoutReply_OfSome_AreThoseThatNobodyAnswered()
    {
        Write("golden/b.request", []);
        Write("golden/a.request", []);
        Write("golden/deeper/a.request", []);
        Write("golden/a.reply", []);
        Write("other/c.request", []);

        var requests = GoldenFiles.RequestsWithoutReply(await VersionFiles.ManifestAsync(_folder, IFileProgress.None, TestContext.Current.CancellationToken));

        Assert.Equal(["golden/b.request", "golden/deeper/a.request"], requests.Select(request => request.Path));
        Assert.Equal(["golden/b.reply", "golden/deeper/a.reply"], requests.Select(request => GoldenFiles.ReplyTo(request.Path)));
    }

    [Theory]
    [InlineData("golden/a.request", "no golden/a.reply")]
    [InlineData("golden/a.request", "--golden")]
    [InlineData("golden/a.reply", "no golden/a.request")]
    public async Task Declare_HalfASample_IsRefused(string path, string reason)
    {
        Write(path, []);

        Assert.Contains(reason, (await Assert.ThrowsAsync<HybridException>(DeclareAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Declare_WhatNoHostCanRead_IsRefused()
    {
        Write("golden/a.request", "{}"u8.ToArray());
        Write("golden/a.reply", Wire.Encode(new InferReply("m", 1, [], default)));

        var error = await Assert.ThrowsAsync<HybridException>(DeclareAsync);

        Assert.Equal(ErrorCode.Unprocessable, error.Error.Code);
        Assert.StartsWith("golden/a.request is no InferRequest", error.Message, StringComparison.Ordinal);
    }

    private async Task<ModelManifest> DeclareAsync()
    {
        var token = TestContext.Current.CancellationToken;
        return await GoldenFiles.DeclareAsync(_folder, await VersionFiles.ManifestAsync(_folder, IFileProgress.None, token), 0.5, token);
    }

    private void Write(string path, byte[] bytes)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }
}
