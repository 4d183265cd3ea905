using System.Text.Json.Nodes;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

/// <summary>What a file asks for and is not there is said at load, by its name; never left out in silence.</summary>
public sealed class TokenizerFileTests
{
    [Theory]
    [InlineData("normalizer", """{"type":"Mystery"}""", "normalizer 'Mystery'")]
    [InlineData("pre_tokenizer", """{"type":"UnicodeScripts"}""", "pre-tokenizer 'UnicodeScripts'")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"\\p{Han}"},"behavior":"Isolated"}""", @"\p{Han}")]
    [InlineData("post_processor", """{"type":"Mystery"}""", "post-processor 'Mystery'")]
    [InlineData("decoder", """{"type":"CTC"}""", "decoder 'CTC'")]
    [InlineData("model", """{"type":"WordLevel","vocab":{"a":0}}""", "type 'WordLevel'")]
    [InlineData("model", """{"type":"BPE","vocab":{}}""", "vocabulary is empty")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":2000000000},"merges":[]}""", "token id 2000000000")]
    [InlineData("model", """{"type":"WordPiece","vocab":{"a":0}}""", "'[UNK]' is not in the vocabulary")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":[],"end_of_word_suffix":"</w>"}""", "'</w>'")]
    public void Load_PartThatIsNotSupported_IsNamed(string section, string json, string named)
    {
        var tokenizer = TokenizerFolder.ByteLevel();
        tokenizer[section] = JsonNode.Parse(json);
        if (section == "model")
        {
            tokenizer["added_tokens"] = null;
        }

        var exception = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Load(tokenizer));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"added_tokens":[{"content":"a"}],"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""")]
    public void Load_BrokenFile_IsInvalidData(string json)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.Combine("tokenizer.json"), json);

        Assert.Throws<InvalidDataException>(() => HfTokenizer.Load(folder.Path));
    }

    [Fact]
    public void Load_NoFile_IsInvalidData()
    {
        using var folder = new TestFolder();

        Assert.Throws<InvalidDataException>(() => HfTokenizer.Load(folder.Path));
    }

    [Theory]
    // What Llama 3 and Qwen 2 split by, digits one by one as StarCoder, and Metaspace as newer Llama files write it.
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}""")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Contiguous"},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""")]
    public void Tokenize_OtherWaysToCut_LoseNothing(string preTokenizer)
    {
        const string Text = "a (b) hello world's 12345  x\r\n\r\n  y = f(z);";
        var file = TokenizerFolder.ByteLevel();
        file["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
        using var tokenizer = TokenizerFolder.Load(file);

        Assert.Equal(Text, tokenizer.Decode(tokenizer.Tokenize(Text)));
    }
}
