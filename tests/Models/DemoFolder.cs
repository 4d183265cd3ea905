using Hybrid.Models.Encoders;
using Hybrid.Models.Induction;
using Hybrid.Models.Tests.Sessions;

[assembly: AssemblyFixture(typeof(Hybrid.Models.Tests.DemoFolder))]

namespace Hybrid.Models.Tests;

/// <summary>The demo models, written once, and a session of each.</summary>
public sealed class DemoFolder : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("hybrid-models-");

    public string Path => _directory.FullName;

    public EmbedSession Embed { get; private set; } = null!;

    public RerankSession Rerank { get; private set; } = null!;

    public DecoderSession Generate { get; private set; } = null!;

    /// <summary>demo-generate's tokenizer.</summary>
    public TextTokenizer Tokenizer { get; private set; } = null!;

    public string Model(string name) => System.IO.Path.Combine(Path, name, "1");

    public async ValueTask InitializeAsync()
    {
        await DemoModels.WriteAsync(Path, new Progress<string>(), CancellationToken.None);
        Embed = new EmbedSession(Model(EmbedModel.Name));
        Rerank = new RerankSession(Model(RerankModel.Name));
        Generate = new DecoderSession(System.IO.Path.Combine(Model(GenerateModel.Name), "model.onnx"));
        Tokenizer = new TextTokenizer(Model(GenerateModel.Name), PromptTokens.Vocabulary);
    }

    public ValueTask DisposeAsync()
    {
        Embed.Dispose();
        Rerank.Dispose();
        Generate.Dispose();
        Tokenizer.Dispose();
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
