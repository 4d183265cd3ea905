using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Endpoints;

/// <summary>What a caller is told when something is wrong, on the surface for our own parts.</summary>
public sealed class ErrorTests(DemoHost demo)
{
    private static readonly Dictionary<string, (string Route, byte[] Body, ErrorCode Code, string? Param)> Cases = new()
    {
        ["no MessagePack"] = (TaskRoutes.Embed, "{\"model\":1}"u8.ToArray(), ErrorCode.InvalidRequest, null),
        ["empty body"] = (TaskRoutes.Embed, [], ErrorCode.InvalidRequest, null),
        ["array that promises 4 billion fields"] = (TaskRoutes.Embed, [0xdd, 0xff, 0xff, 0xff, 0xff], ErrorCode.InvalidRequest, null),
        ["body that goes on"] = (TaskRoutes.Embed, [.. Wire.Encode(new EmbedRequest("demo-embed", ["a"])), 0], ErrorCode.InvalidRequest, null),
        ["unknown model"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("nope", ["a"])), ErrorCode.ModelNotFound, "model"),
        ["model with a path"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("../demo-embed", ["a"])), ErrorCode.ModelNotFound, "model"),
        ["unknown version"] = (TaskRoutes.Infer, Wire.Encode(new InferRequest("sum", 7, [], [])), ErrorCode.ModelNotFound, "model"),
        ["model of another task"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-rerank", ["a"])), ErrorCode.Unprocessable, "model"),
        ["no input"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", [])), ErrorCode.Unprocessable, "input"),
        ["empty text"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", ["a", ""])), ErrorCode.Unprocessable, "input[1]"),
        ["blank text"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", [" \n"])), ErrorCode.Unprocessable, "input[0]"),
        ["no token"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", [new(null, [])])), ErrorCode.Unprocessable, "input[0]"),
        ["token out of the vocabulary"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", [new(null, [1, 999999])])), ErrorCode.Unprocessable, "input[0]"),
        ["too many inputs"] = (TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", [.. Enumerable.Repeat<EmbedInput>("a", 41)])), ErrorCode.PayloadTooLarge, "input"),
        ["body over the limit"] = (TaskRoutes.Embed, new byte[100_001], ErrorCode.PayloadTooLarge, null),
        ["empty query"] = (TaskRoutes.Rerank, Wire.Encode(new RerankRequest("demo-rerank", "", ["a"])), ErrorCode.Unprocessable, "query"),
        ["no passage"] = (TaskRoutes.Rerank, Wire.Encode(new RerankRequest("demo-rerank", "q", [])), ErrorCode.Unprocessable, "passages"),
        ["empty passage"] = (TaskRoutes.Rerank, Wire.Encode(new RerankRequest("demo-rerank", "q", ["a", " "])), ErrorCode.Unprocessable, "passages[1]"),
        ["query that leaves no room"] = (TaskRoutes.Rerank, Wire.Encode(new RerankRequest("demo-rerank", string.Join(' ', Enumerable.Repeat("budget", 600)), ["a"])), ErrorCode.Unprocessable, null),
        ["passage over the length"] = (TaskRoutes.Rerank, Wire.Encode(new RerankRequest("demo-rerank", "q", ["a", string.Join(' ', Enumerable.Repeat("budget", 600))], Truncate: false)), ErrorCode.Unprocessable, "passages[1]"),
        ["missing tensor"] = (TaskRoutes.Infer, Infer(A()), ErrorCode.InvalidRequest, "b"),
        ["unknown tensor"] = (TaskRoutes.Infer, Infer(A(), A("c")), ErrorCode.InvalidRequest, "c"),
        ["tensor twice"] = (TaskRoutes.Infer, Infer(A(), A()), ErrorCode.InvalidRequest, "a"),
        ["tensor of another type"] = (TaskRoutes.Infer, Infer(Tensor.Of("a", TensorType.Int64, [1, 3], [1L, 2, 3])), ErrorCode.InvalidRequest, "a"),
        ["tensor of another shape"] = (TaskRoutes.Infer, Infer(Tensor.Of("a", TensorType.Fp32, [1, 2], [1f, 2])), ErrorCode.InvalidRequest, "a"),
        ["tensor of another rank"] = (TaskRoutes.Infer, Infer(Tensor.Of("a", TensorType.Fp32, [3], [1f, 2, 3])), ErrorCode.InvalidRequest, "a"),
        ["shapes that do not go together"] = (TaskRoutes.Infer, Infer(Rows("a", 2), Rows("b", 3), Label()), ErrorCode.Unprocessable, null),
        ["text that ends too early"] = (TaskRoutes.Infer, Infer(A(), A("b"), new Tensor("label", TensorType.Bytes, [1], new byte[] { 9, 0, 0, 0, 1 })), ErrorCode.InvalidRequest, "label"),
        ["unknown output"] = (TaskRoutes.Infer, Wire.Encode(new InferRequest("sum", 0, [A(), A("b"), Label()], ["z"])), ErrorCode.InvalidRequest, "z"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_Wrong_SaysWhat(string name)
    {
        var (route, body, code, param) = Cases[name];

        var (response, error) = await demo.Host.PostForErrorAsync(route, body);

        Assert.Equal((code, param), (error.Code, error.Param ?? param));
        Assert.NotEmpty(error.Message);
        Assert.True(response.Headers.Contains(HybridHeaders.RequestId));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    public async Task Budget_Spent_IsAnsweredBeforeAnyWork(string budget)
    {
        var (response, error) = await demo.Host.PostForErrorAsync(TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", ["a"])), (HybridHeaders.BudgetMs, budget));

        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
        Assert.Equal("deadline_exceeded", response.Headers.GetValues(HybridHeaders.DropReason).Single());
    }

    [Fact]
    public async Task Budget_NoNumber_IsInvalid()
    {
        var (_, error) = await demo.Host.PostForErrorAsync(TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", ["a"])), (HybridHeaders.BudgetMs, "soon"));

        Assert.Equal((ErrorCode.InvalidRequest, HybridHeaders.BudgetMs), (error.Code, error.Param));
    }

    [Theory]
    [InlineData("abc-1.2_3:4", true)]
    [InlineData("with space", false)]
    [InlineData("a;b", false)]
    public async Task RequestId_Plausible_IsGivenBack(string id, bool kept)
    {
        var response = await demo.Host.SendAsync(TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", ["a"])), (HybridHeaders.RequestId, id));

        Assert.Equal(kept, response.Headers.GetValues(HybridHeaders.RequestId).Single() == id);
    }

    private static Tensor A(string name = "a") => Tensor.Of(name, TensorType.Fp32, [1, 3], [1f, 2, 3]);

    private static Tensor Rows(string name, int count) => Tensor.Of(name, TensorType.Fp32, [count, 3], new float[3 * count]);

    private static Tensor Label() => new("label", TensorType.Bytes, [1], new byte[] { 0, 0, 0, 0 });

    private static byte[] Infer(params Tensor[] inputs) => Wire.Encode(new InferRequest("sum", 0, inputs, []));

    [Fact]
    public async Task Answers_OfAnyKind_TellHowMuchWorkIsInside()
    {
        var done = await demo.Host.SendAsync(TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", ["a"])));
        var refused = await demo.Host.SendAsync(TaskRoutes.Embed, Wire.Encode(new EmbedRequest("nobody", ["a"])));

        // A request that is being answered is still inside.
        Assert.All([done, refused], response => Assert.True(int.Parse(response.Headers.GetValues(HybridHeaders.HostInFlight).Single(), null) >= 1));
    }
}
