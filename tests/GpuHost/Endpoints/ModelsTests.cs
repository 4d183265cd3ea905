using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.ModelFixtures;

namespace Hybrid.GpuHost.Tests.Endpoints;

public sealed class ModelsTests(DemoHost demo)
{
    [Fact]
    public async Task Models_Listed_WithWhatTheyAreFor()
    {
        var list = Wire.Decode<ModelList>(await demo.Host.Client.GetByteArrayAsync(TaskRoutes.Models, TestContext.Current.CancellationToken));

        Assert.True(list.Device is "cpu" or "cuda:0", list.Device);
        Assert.Equal(
            [
                new("demo-embed", 1, ModelTask.Embed, 512, 256),
                new("demo-generate", 1, ModelTask.Generate, 2048, 0),
                new("demo-rerank", 1, ModelTask.Rerank, 512, 0),
                new(DemoHost.Bert, 1, ModelTask.Embed, HuggingFaceFixtures.MaxPositions, HuggingFaceFixtures.EncoderDimensions),
                new("sum", 1, ModelTask.Infer, 0, 0),
            ],
            list.Models);
    }
}
