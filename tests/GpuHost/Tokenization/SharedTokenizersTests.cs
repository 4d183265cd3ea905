using System.Text.Json.Nodes;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

public sealed class SharedTokenizersTests : IDisposable
{
    private readonly SharedTokenizers _tokenizers = new();
    private readonly List<TestFolder> _folders = [];

    public void Dispose() => _folders.ForEach(folder => folder.Dispose());

    [Fact]
    public void Take_SameFilesInOtherFolder_IsTheSame()
    {
        using var first = _tokenizers.Take(Folder(TokenizerFolder.Bert()));
        using var second = _tokenizers.Take(Folder(TokenizerFolder.Bert()));

        Assert.Same(first.Tokenizer, second.Tokenizer);
    }

    [Fact]
    public void Take_OtherConfiguration_IsAnother()
    {
        using var first = _tokenizers.Take(Folder(TokenizerFolder.Bert()));
        using var second = _tokenizers.Take(Folder(TokenizerFolder.Bert(), """{"pad_token":"[MASK]"}"""));

        Assert.NotSame(first.Tokenizer, second.Tokenizer);
        Assert.NotEqual(first.Tokenizer.PadTokenId, second.Tokenizer.PadTokenId);
    }

    [Fact]
    public void Dispose_OthersHoldIt_TheyGoOnUntilTheLast()
    {
        var folder = Folder(TokenizerFolder.Bert());
        var first = _tokenizers.Take(folder);
        var second = _tokenizers.Take(folder);

        first.Dispose();
        first.Dispose();

        Assert.Equal([7592, 2088], second.Tokenizer.Tokenize("hello world"));
        var shared = second.Tokenizer;
        second.Dispose();
        using var anew = _tokenizers.Take(folder);
        Assert.NotSame(shared, anew.Tokenizer);
    }

    [Fact]
    public void Take_BrokenFile_IsReadAgainNextTime()
    {
        var folder = Folder([]);
        Assert.Throws<InvalidDataException>(() => _tokenizers.Take(folder));
        Assert.Throws<InvalidDataException>(() => _tokenizers.Take(folder));

        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TokenizerFolder.Bert().ToJsonString());

        using var mended = _tokenizers.Take(folder);
        Assert.Equal([7592], mended.Tokenizer.Tokenize("hello"));
    }

    private string Folder(JsonObject tokenizer, string? configuration = null)
    {
        var folder = new TestFolder();
        _folders.Add(folder);
        File.WriteAllText(folder.Combine("tokenizer.json"), tokenizer.ToJsonString());
        if (configuration is not null)
        {
            File.WriteAllText(folder.Combine("tokenizer_config.json"), configuration);
        }

        return folder.Path;
    }
}
