using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class OrchestrationMetadataTests
{
    [Fact]
    public void Payloads_AreReadWithTheConverter()
    {
        var metadata = new OrchestrationMetadata("Rag", "id")
        {
            DataConverter = JsonDataConverter.Default,
            SerializedInput = "\"question\"",
            SerializedOutput = "[1,2]",
        };
        Assert.Equal("question", metadata.ReadInputAs<string>());
        Assert.Equal([1, 2], metadata.ReadOutputAs<int[]>()!);
        Assert.Null(metadata.ReadCustomStatusAs<string>());
    }

    [Fact]
    public void Payloads_ThatWereNotAskedFor_AreNotRead()
    {
        var metadata = new OrchestrationMetadata("Rag", "id") { SerializedInput = "1", SerializedOutput = "1", SerializedCustomStatus = "1" };
        Assert.Throws<InvalidOperationException>(() => metadata.ReadInputAs<int>());
        Assert.Throws<InvalidOperationException>(() => metadata.ReadOutputAs<int>());
        Assert.Throws<InvalidOperationException>(() => metadata.ReadCustomStatusAs<int>());
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running, true, false)]
    [InlineData(OrchestrationRuntimeStatus.Completed, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Failed, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Pending, false, false)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, false, false)]
    public void Status_SaysWhetherItRunsOrHasEnded(OrchestrationRuntimeStatus status, bool runs, bool ended)
    {
        var metadata = new OrchestrationMetadata("Rag", "id") { RuntimeStatus = status };
        Assert.Equal((runs, ended), (metadata.IsRunning, metadata.IsCompleted));
    }

    [Fact]
    public void Text_ShortensPayloads()
    {
        var metadata = new OrchestrationMetadata("Rag", "id")
        {
            SerializedInput = new string('i', 60),
            FailureDetails = new TaskFailureDetails("T", "m", null, null, null),
        };
        var text = metadata.ToString();
        Assert.StartsWith("[Name: 'Rag', ID: 'id', RuntimeStatus: Running,", text, StringComparison.Ordinal);
        Assert.Contains($"Input: '{new string('i', 50)}...'", text, StringComparison.Ordinal);
        Assert.Contains("FailureDetails: 'T - m'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void PurgeResult_CountsNothingNegative()
    {
        Assert.Equal(0, new PurgeResult(0).PurgedInstanceCount);
        Assert.Null(new PurgeResult(0).IsComplete);
        Assert.True(new PurgeResult(2, true).IsComplete);
        Assert.Throws<ArgumentException>(() => new PurgeResult(-1));
    }

    [Fact]
    public void Query_FetchesAHundredAtATimeUnlessSaid() => Assert.Equal(100, new OrchestrationQuery().PageSize);
}
