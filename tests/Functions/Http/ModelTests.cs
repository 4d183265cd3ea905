using System.Net;
using Hybrid.Functions.Tests.Hosting;

namespace Hybrid.Functions.Tests.Http;

public sealed class ModelTests(ServedFunctions served)
{
    [Fact]
    public async Task Models_AreListedOnceEach()
    {
        var answer = await served.Acme.GetJsonAsync("/v1/models");

        Assert.Equal("list", answer["object"].GetValue<string>());
        Assert.Equal(
            [("demo-embed", 1, "embed"), ("demo-generate", 2, "generate"), ("demo-rerank", 1, "rerank")],
            answer["data"].AsArray().Select(model => (model!["id"]!.GetValue<string>(), model["version"]!.GetValue<int>(), model["task"]!.GetValue<string>())));
        Assert.All(answer["data"].AsArray(), model => Assert.Equal("model", model!["object"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Model_ByItsName_IsFound()
    {
        var answer = await served.Acme.GetJsonAsync("/v1/models/demo-embed");

        Assert.Equal((HttpStatusCode.OK, DemoModels.Dimensions), (answer.Status, answer["dimensions"].GetValue<int>()));
    }
}
