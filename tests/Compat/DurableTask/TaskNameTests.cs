using Microsoft.DurableTask;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class TaskNameTests
{
    [Fact]
    public void Names_ThatDifferInCase_AreTheSame()
    {
        TaskName name = "RagPipeline";
        TaskName same = "ragpipeline";
        Assert.True(name == same);
        Assert.False(name != same);
        Assert.Equal(name.GetHashCode(), same.GetHashCode());
        Assert.True(name.Equals((object)same));
        Assert.False(name.Equals((object)"RagPipeline"));
        Assert.NotEqual(name, new TaskName("Other"));
    }

    [Fact]
    public void Name_ConvertsToTextAndBack()
    {
        TaskName name = nameof(TaskNameTests);
        string text = name;
        Assert.Equal("TaskNameTests", text);
        Assert.Equal("TaskNameTests", name.ToString());
        Assert.Equal("TaskNameTests", name.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void NoText_IsTheDefaultName(string? text)
    {
        TaskName name = text!;
        Assert.Equal(default, name);
        Assert.Null(name.Name);
    }

    [Fact]
    public void Versions_AreComparedByValue_AndNoneComesFirst()
    {
        TaskVersion version = "1.2";
        Assert.Equal("1.2", version.Version);
        Assert.True(version == new TaskVersion("1.2"));
        Assert.Equal(TaskVersion.Unversioned, new TaskVersion(null));
        Assert.Equal(string.Empty, default(TaskVersion).Version);
        Assert.Throws<ArgumentException>(() => new TaskVersion("  "));
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "1.0", -1)]
    [InlineData("1.0", "", 1)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("2.0", "2.0", 0)]
    [InlineData("beta", "Alpha", 1)]
    public void OrchestrationsVersion_IsOrderedByNumberWhereItIsOne(string running, string other, int order) =>
        Assert.Equal(order, Math.Sign(new RecordingContext { RunningVersion = running }.CompareVersionTo(other)));
}
