using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.GpuHost.Tests.Models;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public ModelFolderTests() => File.WriteAllText(_folder.Combine("model.onnx"), "");

    public static TheoryData<string, string, string, ModelTask> Signatures => new()
    {
        { "input_ids,attention_mask,token_type_ids", "last_hidden_state:-1,-1,8", "{}", ModelTask.Embed },
        { "input_ids,attention_mask", "token_embeddings:-1,-1,8|sentence_embedding:-1,8", "{}", ModelTask.Embed },
        { "input_ids,attention_mask,position_ids", "last_hidden_state:-1,-1,8", "{}", ModelTask.Embed },
        { "input_ids,attention_mask", "logits:-1,1", "{}", ModelTask.Rerank },
        { "input_ids,attention_mask", "logits:-1,-1", """{"id2label":{"0":"LABEL_0"}}""", ModelTask.Rerank },
        { "input_ids,attention_mask", "logits:-1,-1", """{"id2label":{"0":"no","1":"yes"}}""", ModelTask.Infer },
        { "input_ids,attention_mask", "logits:-1,3", "{}", ModelTask.Infer },
        { "input_ids,attention_mask", "logits:-1,-1,100", "{}", ModelTask.Infer },
        { "input_ids,attention_mask,past_key_values.0.key,past_key_values.0.value", "logits:-1,-1,100|present.0.key:-1,2,-1,4", "{}", ModelTask.Generate },
        { "pixel_values", "last_hidden_state:-1,-1,8", "{}", ModelTask.Infer },
    };

    [Theory]
    [MemberData(nameof(Signatures))]
    public void Describe_Signature_NamesTheTask(string inputs, string outputs, string config, ModelTask task)
    {
        Write("config.json", config);

        Assert.Equal(task, Describe(inputs, outputs).Task);
    }

    [Theory]
    [InlineData(null, Pooling.Mean)]
    [InlineData("""{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""", Pooling.Cls)]
    [InlineData("""{"pooling_mode_max_tokens":true}""", Pooling.Max)]
    [InlineData("""{"pooling_mode_lasttoken":true}""", Pooling.LastToken)]
    public void Describe_PoolingConfig_IsFollowed(string? config, Pooling pooling)
    {
        Write("1_Pooling/config.json", config);

        Assert.Equal(pooling, Describe("input_ids", "last_hidden_state:-1,-1,8").Pooling);
    }

    [Theory]
    [InlineData("""{"pooling_mode_weightedmean_tokens":true}""")]
    [InlineData("""{"pooling_mode_max_tokens":true,"pooling_mode_mean_tokens":true}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Describe_PoolingThatIsNotServed_IsRefused(string config)
    {
        Write("1_Pooling/config.json", config);

        Assert.Throws<InvalidDataException>(() => Describe("input_ids", "last_hidden_state:-1,-1,8"));
    }

    [Fact]
    public void Describe_PooledOutput_IsTakenBeforeTokens() =>
        Assert.Equal(Pooling.None, Describe("input_ids", "token_embeddings:-1,-1,8|sentence_embedding:-1,8").Pooling);

    [Theory]
    [InlineData("""{"max_position_embeddings":514}""", """{"model_max_length":512}""", null, 512)]
    [InlineData("""{"max_position_embeddings":512}""", """{"model_max_length":1000000000000000019884624838656}""", """{"max_seq_length":256}""", 256)]
    [InlineData("""{"n_positions":1024}""", null, null, 1024)]
    [InlineData(null, null, null, 512)]
    public void Describe_Lengths_TheShortestHolds(string? config, string? tokenizer, string? sentence, int expected)
    {
        Write("config.json", config);
        Write("tokenizer_config.json", tokenizer);
        Write("sentence_bert_config.json", sentence);

        Assert.Equal(expected, Describe("input_ids", "last_hidden_state:-1,-1,8").MaxTokens);
    }

    [Theory]
    [InlineData("""{"eos_token_id":2}""", """{"eos_token_id":[7,8]}""", new[] { 7, 8 })]
    [InlineData("""{"eos_token_id":2}""", "{}", new[] { 2 })]
    [InlineData("""{"eos_token_id":2}""", null, new[] { 2 })]
    [InlineData("{}", null, new int[0])]
    public void Describe_EosIds_TheGenerationConfigComesFirst(string config, string? generation, int[] expected)
    {
        Write("config.json", config);
        Write("generation_config.json", generation);

        Assert.Equal(expected, Describe("input_ids,past_key_values.0.key", "logits:-1,-1,9").EosIds);
    }

    [Fact]
    public void FindOnnx_NoGraph_NamesWhatWasLookedFor()
    {
        using var empty = new TestFolder();

        var exception = Assert.Throws<InvalidDataException>(() => ModelFolder.FindOnnx(empty.Path));
        Assert.Contains("onnx/model.onnx", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string file, string? json)
    {
        if (json is not null)
        {
            var path = _folder.Combine(file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, json);
        }
    }

    private ModelDescription Describe(string inputs, string outputs) => ModelFolder.Describe(new ModelId("m", 1), _folder.Path, new ModelSignature(
        [.. inputs.Split(',').Select(name => new TensorSpec(name, TensorElementType.Int64, [-1, -1]))],
        [.. outputs.Split('|').Select(output => output.Split(':')).Select(output =>
            new TensorSpec(output[0], TensorElementType.Float, [.. output[1].Split(',').Select(long.Parse)]))]));
}
