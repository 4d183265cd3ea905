using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

// One session for all requests, everything at its defaults, one Run for each request.
var app = WebApplication.CreateBuilder(args).Build();
using var session = new InferenceSession(app.Configuration["MODEL_PATH"] ?? throw new InvalidOperationException("MODEL_PATH is not set."));

app.MapGet("/health", () => "ok");
app.MapPost("/embed", (EmbedRequest request) =>
{
    int[] shape = [1, request.Tokens.Length];
    using var results = session.Run(
    [
        NamedOnnxValue.CreateFromTensor("input_ids", new DenseTensor<long>(request.Tokens, shape)),
        NamedOnnxValue.CreateFromTensor("attention_mask", new DenseTensor<long>(Enumerable.Repeat(1L, request.Tokens.Length).ToArray(), shape)),
        NamedOnnxValue.CreateFromTensor("token_type_ids", new DenseTensor<long>(shape)),
    ]);
    return new EmbedReply(MeanPooled((DenseTensor<float>)results[0].AsTensor<float>()));
});
app.Run();

static float[] MeanPooled(DenseTensor<float> hidden)
{
    var (tokens, dimensions) = (hidden.Dimensions[1], hidden.Dimensions[2]);
    var values = hidden.Buffer.Span;
    var vector = new float[dimensions];
    for (var token = 0; token < tokens; token++)
    {
        for (var i = 0; i < dimensions; i++)
        {
            vector[i] += values[(token * dimensions) + i];
        }
    }

    var norm = MathF.Sqrt(vector.Sum(value => value * value));
    return Array.ConvertAll(vector, value => value / norm);
}

internal sealed record EmbedRequest(long[] Tokens);

internal sealed record EmbedReply(float[] Embedding);
