using Hybrid.ModelFixtures;
using Hybrid.Models.Tests.Sessions;

namespace Hybrid.Models.Tests.Transformers;

public sealed class GptGraphTests : IAsyncLifetime
{
    private const long NoEnd = -1;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-gpt-");
    private DecoderSession _session = null!;

    public async ValueTask InitializeAsync()
    {
        await HuggingFaceFixtures.WriteDecoderAsync(_folder.FullName, TestContext.Current.CancellationToken);
        _session = new DecoderSession(Path.Combine(_folder.FullName, "model.onnx"));
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Generate_Greedily_VariesWithContext()
    {
        var first = _session.Generate([[5, 6, 7]], NoEnd, most: 60)[0];
        var second = _session.Generate([[6, 5, 7]], NoEnd, most: 60)[0];

        Assert.InRange(first.Distinct().Count(), 30, 60);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(PaddingSide.Left)]
    [InlineData(PaddingSide.Right)]
    public void Generate_BatchOfDifferentLengths_EqualsEachAlone(PaddingSide side)
    {
        long[][] prompts = [[5], [300, 301, 302, 303, 304, 305, 306, 307, 308], [9, 8, 7, 6]];

        var together = _session.Generate(prompts, NoEnd, most: 40, side);

        for (var i = 0; i < prompts.Length; i++)
            Assert.Equal(_session.Generate([prompts[i]], NoEnd, most: 40)[0], together[i]);
    }

    [Fact]
    public void Generate_WithCache_EqualsRecomputingTheWholeTextEachStep()
    {
        long[] prompt = [20, 21, 22, 23];
        var cached = _session.Generate([prompt], NoEnd, most: 20)[0];

        List<long> text = [.. prompt];
        for (var step = 0; step < cached.Count; step++)
            text.Add(_session.Generate([[.. text]], NoEnd, most: 1)[0][0]);

        Assert.Equal(text.Skip(prompt.Length), cached);
    }
}
