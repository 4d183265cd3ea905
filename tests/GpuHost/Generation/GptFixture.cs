using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Generation;
using Hybrid.GpuHost.Generation.Decoding;
using Hybrid.GpuHost.Generation.Scheduling;
using Hybrid.GpuHost.Generation.Sequences;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;
using Hybrid.GpuHost.Tests.Generation;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tokenization;
using Hybrid.ModelFixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.OnnxRuntime;

[assembly: AssemblyFixture(typeof(GptFixture))]

namespace Hybrid.GpuHost.Tests.Generation;

/// <summary>
/// A GPT-2 with random weights as Optimum exports it: its next word depends on every word before, so whatever a mask, a position or a
/// cache has wrong shows.
/// </summary>
public sealed class GptFixture : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<HostTelemetry>().BuildServiceProvider();

    public ITextTokenizer Tokenizer { get; private set; } = null!;

    internal GatedEngine OpenEngine() => new(new OrtEngine(new InferenceSession(_folder.Combine("model.onnx")), ExecutionDevice.Cpu));

    internal GenerationScheduler Start(IInferenceEngine engine, GenerationOptions? options = null) => new(
        new Decoder(engine),
        options ?? new GenerationOptions(),
        padToken: 1,
        HuggingFaceFixtures.MaxPositions,
        "gpt",
        new ModelMetrics(_services.GetRequiredService<HostTelemetry>(), new ModelId("gpt", 1), TimeProvider.System),
        TimeProvider.System);

    internal GenerationSequence Sequence(int[] prompt, int maxNewTokens, Sampling? sampling = null, CancellationTokenSource? client = null) => new(
        prompt, maxNewTokens, [], new TokenSampler(sampling ?? new Sampling()), Tokenizer.CreateDetokenizer(), new StopTexts([]), client?.Token ?? CancellationToken.None);

    public async ValueTask InitializeAsync()
    {
        await HuggingFaceFixtures.WriteDecoderAsync(_folder.Path, CancellationToken.None);
        Tokenizer = HfTokenizer.Load(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        Tokenizer.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
