using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Configuration;

namespace Hybrid.GpuHost.Tests.Models.Configuration;

public sealed class ModelConfigurationReaderTests
{
    private readonly BatchingOptions _host = new();

    [Fact]
    public void Read_EveryFieldThatIsHonoured_IsTaken()
    {
        var configuration = Read("""
            # of Triton's documentation
            name: "m"
            platform: "onnxruntime_onnx"
            max_batch_size: 16
            input [ { name: "x" data_type: TYPE_FP32 dims: [ -1, 3 ] } ]
            instance_group [ { count: 2 kind: KIND_CPU }, { kind: KIND_AUTO } ]
            dynamic_batching {
              preferred_batch_size: [ 8, 4 ]
              max_queue_delay_microseconds: 100
              priority_levels: 3
              default_priority_level: 2
              default_queue_policy { timeout_action: DELAY default_timeout_microseconds: 5000 max_queue_size: 100 }
              priority_queue_policy { key: 3, value: { timeout_action: REJECT; allow_timeout_override: true } }
              priority_queue_policy: [ { key: 1 value < max_queue_size: 7 > } ]
            }
            """, out var ignored);

        Assert.Equal(16, configuration.Batching.MaxBatchSize);
        Assert.Equal([4, 8], configuration.Batching.PreferredBatchSizes);
        Assert.Equal(100, configuration.Batching.MaxQueueDelayMicroseconds);
        Assert.Equal(2, configuration.Batching.DefaultLevel);
        Assert.Equal(
            [
                new QueuePolicy(7, TimeoutAction.Reject, 0, false),
                new QueuePolicy(100, TimeoutAction.Delay, 5000, false),
                new QueuePolicy(_host.MaxQueueSize, TimeoutAction.Reject, 0, true),
            ],
            configuration.Batching.Levels);
        Assert.Equal(configuration.Batching, configuration.Tensors);
        Assert.Equal(3, configuration.InstanceCount);
        Assert.Equal(7, configuration.MaxClientBatchSize);
        Assert.Equal(["input"], ignored);
    }

    [Fact]
    public void Read_WhatTheFileLeavesOpen_IsTheHosts()
    {
        _host.MaxQueueDelayMicroseconds = 300;
        _host.PreferredBatchSize.Add(32);
        _host.PreferredBatchSize.Add(2);
        _host.PriorityLevels = 2;
        _host.DefaultTimeoutMicroseconds = 9;

        var configuration = Read("max_batch_size: 8", out _);

        Assert.Equal(300, configuration.Batching.MaxQueueDelayMicroseconds);
        Assert.Equal([2], configuration.Batching.PreferredBatchSizes);
        Assert.Equal(2, configuration.Batching.Levels.Count);
        Assert.All(configuration.Batching.Levels, level => Assert.Equal(9, level.DefaultTimeoutMicroseconds));
        Assert.Null(configuration.InstanceCount);
    }

    [Theory]
    [InlineData("", 64, 1)]
    [InlineData("max_batch_size: 0", 1, 1)]
    [InlineData("max_batch_size: 12 dynamic_batching { }", 12, 12)]
    public void Read_MaxBatchSize_SaysWhetherTensorsGoTogether(string text, int texts, int tensors)
    {
        var configuration = Read(text, out _);

        Assert.Equal((texts, tensors), (configuration.Batching.MaxBatchSize, configuration.Tensors.MaxBatchSize));
    }

    [Fact]
    public void Read_ManyFaults_NamesThemAllWithTheirLines()
    {
        var failure = Assert.Throws<InvalidDataException>(() => Read("""
            name: "other"
            backend: "tensorrt"
            max_batch_size: 8
            max_batch_size: 9
            max_bach_size: 4
            instance_group { kind: KIND_GPU count: -1 }
            dynamic_batching {
              preferred_batch_size: [ 4,
                16 ]
              max_queue_delay_microseconds: "soon"
              default_priority_level: 2
              default_queue_policy { timeout_action: WAIT }
              priority_queue_policy { key: 5 value { max_queue_siz: 1 } }
            }
            sequence_batching { }
            """, out _));

        string[] expected =
        [
            "line 1: name is \"other\"", "line 2: backend is \"tensorrt\"", "line 4: max_batch_size stands here again after line 3",
            "line 5: max_bach_size is no field", "line 6: instance_group.kind is KIND_GPU, but this host runs all its models on cpu",
            "line 6: instance_group.count is -1", "line 9: preferred_batch_size 16 is over the model's max_batch_size 8",
            "line 10: dynamic_batching.max_queue_delay_microseconds is \"soon\"", "line 11: There is no level 2: priority_levels is 0",
            "line 12: dynamic_batching.default_queue_policy.timeout_action is WAIT; it is one of REJECT, DELAY",
            "line 13: There is no level 5", "line 13: dynamic_batching.priority_queue_policy.value.max_queue_siz is no field",
            "line 15: sequence_batching is not served here",
        ];
        Assert.All(expected, fault => Assert.Contains($"config.pbtxt, {fault}", failure.Message, StringComparison.Ordinal));
        Assert.Equal(expected.Length, failure.Message.Split("config.pbtxt, line").Length - 1);
    }

    [Fact]
    public void Read_NoBatchesButDynamicBatching_IsAContradiction() => Assert.Contains(
        "line 1: max_batch_size is 0, which allows no batches, but line 2 has dynamic_batching",
        Assert.Throws<InvalidDataException>(() => Read("max_batch_size: 0\ndynamic_batching { }", out _)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("max_batch_size 8", "line 1: Here stands '8', where ':' or '{' has to.")]
    [InlineData("dynamic_batching {\n  preferred_batch_size: 4\n", "line 3: Here stands the end of the file, where a field's name has to.")]
    [InlineData("name: \"m", "line 1: A text begins with \" and does not end on its line.")]
    [InlineData("max_batch_size: 8\n{ }", "line 2: Here stands '{', where a field's name has to.")]
    [InlineData("max_batch_size: 8 )", "line 1: ')' begins nothing")]
    [InlineData("parameters: [ 1 2 ]", "line 1: Here stands '2', where ',' or ']' has to.")]
    public void Read_NoPrototext_SaysWhere(string text, string fault) =>
        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => Read(text, out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_DeepInEachOther_IsAFaultAndNoStackOverflow() => Assert.Contains(
        "deep in each other",
        Assert.Throws<InvalidDataException>(() => Read(string.Concat(Enumerable.Repeat("a {", 100_000)), out _)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Read_KnownFieldsThatChangeNoAnswer_AreNamed()
    {
        Read("""
            optimization { execution_accelerators { gpu_execution_accelerator : [ { name : 'tensorrt' parameters { key: "precision_mode" value: "FP16" } } ] } }
            cc_model_filenames [ { key: "a" ' b' value: "c" } ]
            dynamic_batching { preserve_ordering: true }
            instance_group { gpus: [ 0 ] }
            """, out var ignored);

        Assert.Equal(
            ["cc_model_filenames", "dynamic_batching.preserve_ordering", "instance_group.gpus", "optimization"], ignored.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("version_policy: { latest { num_versions: 2 } }", "latest:2")]
    [InlineData("version_policy { latest { } }", "latest")]
    [InlineData("version_policy { all { } }", "all")]
    [InlineData("version_policy: { specific: { versions: [ 3, 1 ] } }", "specific:1,3")]
    public void Read_VersionPolicy_IsTritons(string text, string? policy) => Assert.Equal(policy, Read(text, out _).VersionPolicy?.ToString());

    [Theory]
    [InlineData("version_policy { all { } latest { } }", "line 1: version_policy has several policies")]
    [InlineData("version_policy { newest { } }", "version_policy.newest is no field")]
    [InlineData("version_policy { latest { num_versions: -1 } }", "version_policy.latest.num_versions is -1; it is a whole number from 0 to 1000.")]
    public void Read_VersionPolicyThatIsWrong_SaysWhere(string text, string fault) =>
        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => Read(text, out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Warmup_IsTritons()
    {
        var warmup = Read(
            """
            max_batch_size: 4
            model_warmup [
              { name: "a" batch_size: 2 inputs [ { key: "x" value { data_type: TYPE_INT64 dims: [ 3, 5 ] zero_data: true } } ] },
              { count: 7 inputs { key: "t" value { data_type: TYPE_STRING dims: 1 random_data: true } } inputs { key: "f" value { data_type: TYPE_FP16 input_data_file: "f.bin" } } }
            ]
            """,
            out _).Warmup;

        Assert.Equal(["a", "2"], warmup.Select(sample => sample.Name));
        Assert.Equal([1, 7], warmup.Select(sample => sample.Count));
        Assert.Equal(
            ["x Int64 [2, 3, 5] Zero ", "t Bytes [1, 1] Random ", "f Fp16 [1] File f.bin"],
            warmup.SelectMany(sample => sample.Inputs).Select(input => $"{input.Name} {input.Type} [{string.Join(", ", input.Shape)}] {input.Data} {input.File}"));
    }

    [Fact]
    public void Read_WarmupOfAModelThatDoesNotBatch_TakesDimsAsTheyAre() => Assert.Equal(
        [3],
        Read("model_warmup { inputs { key: 'x' value { data_type: TYPE_FP32 dims: 3 zero_data: true } } }", out _).Warmup[0].Inputs[0].Shape);

    [Theory]
    [InlineData("model_warmup { name: 'a' }", "model_warmup 'a' has no inputs")]
    [InlineData("model_warmup { batch_size: 2 inputs { key: 'x' value { data_type: TYPE_FP32 zero_data: true } } }", "model_warmup.batch_size is 2, over the model's max_batch_size 0")]
    [InlineData("model_warmup { inputs { key: 'x' value { data_type: TYPE_BF16 zero_data: true } } }", "model_warmup.inputs.value.data_type is TYPE_BF16; it is one of TYPE_BOOL")]
    [InlineData("model_warmup { inputs { key: 'x' value { data_type: TYPE_FP32 } } }", "needs zero_data, random_data, or input_data_file")]
    [InlineData("model_warmup { inputs { key: 'x' value { data_type: TYPE_FP32 input_data_file: '../x' } } }", "with the plain name of a file")]
    [InlineData("model_warmup { inputs { key: 'x' value { data_type: TYPE_FP32 dims: [ 65536, 65536 ] zero_data: true } } }", "come to more than 67108864 elements")]
    [InlineData("model_warmup { inputs { value { data_type: TYPE_FP32 zero_data: true } } }", "needs a key")]
    public void Read_WarmupThatIsWrong_SaysWhere(string text, string fault) =>
        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => Read(text, out _)).Message, StringComparison.Ordinal);

    private ModelConfiguration Read(string text, out IReadOnlyList<string> ignored) =>
        new ModelConfigurationReader(_host, ExecutionDevice.Cpu).Read(new ModelId("m", 1), text, ModelConfigurations.FileName, out ignored);
}
