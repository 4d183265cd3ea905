using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.ModelFixtures;

namespace Hybrid.GpuHost.Tests.Endpoints;

public sealed class InferTests(DemoHost demo)
{
    private static readonly Tensor[] Inputs =
    [
        Tensor.Of("a", TensorType.Fp32, [2, 3], [1f, 2, 3, 4, 5, 6]),
        Tensor.Of("b", TensorType.Fp32, [2, 3], [10f, 20, 30, 40, 50, 60]),
        new("label", TensorType.Bytes, [2], new byte[] { 1, 0, 0, 0, (byte)'x', 2, 0, 0, 0, 0xc3, 0xbc }),
    ];

    [Fact]
    public async Task Infer_AllOutputs_ComesInTheModelsOrder()
    {
        var reply = await InferAsync(new InferRequest("sum", 0, Inputs, []));

        Assert.Equal(["y", "echo"], reply.Outputs.Select(output => output.Name));
        Assert.Equal([11f, 22, 33, 44, 55, 66], reply.Outputs[0].As<float>().ToArray());
        Assert.Equal([2L, 3], reply.Outputs[0].Shape);
        Assert.Equal(Inputs[2].As<byte>().ToArray(), reply.Outputs[1].As<byte>().ToArray());
    }

    [Fact]
    public async Task Infer_ChosenOutput_ComesAlone()
    {
        var reply = await InferAsync(new InferRequest("sum", 1, Inputs, ["echo"]));

        Assert.Equal(TensorType.Bytes, Assert.Single(reply.Outputs).Type);
    }

    [Fact]
    public async Task Infer_ModelWithAnotherTask_TakesTensorsToo()
    {
        var reply = await InferAsync(new InferRequest(
            DemoHost.Bert,
            0,
            [
                Tensor.Of("input_ids", TensorType.Int64, [1, 2], [4L, 5]),
                Tensor.Of("attention_mask", TensorType.Int64, [1, 2], [1L, 1]),
                Tensor.Of("token_type_ids", TensorType.Int64, [1, 2], [0L, 1]),
            ],
            []));

        Assert.Equal([1L, 2, HuggingFaceFixtures.EncoderDimensions], reply.Outputs.Single().Shape);
    }

    private Task<InferReply> InferAsync(InferRequest request) => demo.Host.PostAsync<InferRequest, InferReply>(TaskRoutes.Infer, request);
}
