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
    public BytePairSession Tokenizer { get; private set; } = null!;

    /// <summary>The answer's text from a prompt with these passages, the best first; without an end token it says so.</summary>
    public string Answer(string question, params IReadOnlyList<string> texts)
    {
        var vocabulary = PromptTokens.Vocabulary;
        var answer = Generate.Generate([Tokenizer.Encode(Prompt(question, texts))], vocabulary.Special(PromptTokens.End), most: 300)[0];
        var text = Tokenizer.Decode(answer);
        return text.EndsWith(PromptTokens.End, StringComparison.Ordinal) ? text[..^PromptTokens.End.Length] : text + " (no end)";
    }

    /// <summary>What the chat template gives.</summary>
    public static string Prompt(string question, IReadOnlyList<string> texts) =>
        string.Concat(texts.Select((text, i) => $"{(i == 0 ? "<ans>" : "<doc>")}{text}<end>")) + $"<ask>{question}<ans>";

    public string Model(string name) => System.IO.Path.Combine(Path, name, "1");

    public async ValueTask InitializeAsync()
    {
        await DemoModels.WriteAsync(Path, new Progress<string>(), CancellationToken.None);
        Embed = new EmbedSession(Model(EmbedModel.Name));
        Rerank = new RerankSession(Model(RerankModel.Name));
        Generate = new DecoderSession(System.IO.Path.Combine(Model(GenerateModel.Name), "model.onnx"));
        Tokenizer = new BytePairSession(Model(GenerateModel.Name), PromptTokens.Vocabulary);
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
