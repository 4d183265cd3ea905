using Microsoft.DurableTask;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class TaskFailureDetailsTests
{
    [Fact]
    public void Exception_BecomesItsTypeMessageAndInnerFailure()
    {
        var details = TaskFailureDetails.FromException(new InvalidOperationException("outer", new TimeoutException("inner")));
        Assert.Equal("System.InvalidOperationException", details.ErrorType);
        Assert.Equal("outer", details.ErrorMessage);
        Assert.Equal("System.TimeoutException", details.InnerFailure?.ErrorType);
        Assert.Null(details.InnerFailure?.InnerFailure);
        Assert.Equal("System.InvalidOperationException: outer", details.ToString());
    }

    [Fact]
    public void IsCausedBy_KnowsBaseTypes_OfThisAssemblyToo()
    {
        var details = TaskFailureDetails.FromException(new OwnException());
        Assert.True(details.IsCausedBy<OwnException>());
        Assert.True(details.IsCausedBy<IOException>());
        Assert.True(details.IsCausedBy<Exception>());
        Assert.False(details.IsCausedBy<FileNotFoundException>());
        Assert.False(details.IsCausedBy<TimeoutException>());
    }

    [Fact]
    public void IsCausedBy_DoesNotLookAtInnerFailures() =>
        Assert.False(TaskFailureDetails.FromException(new InvalidOperationException("", new TimeoutException())).IsCausedBy<TimeoutException>());

    [Theory]
    [InlineData("")]
    [InlineData("Some.Type.OfAnotherProcess")]
    public void IsCausedBy_OfATypeThatIsNotHere_IsFalse(string type) =>
        Assert.False(new TaskFailureDetails(type, "", null, null, null).IsCausedBy<Exception>());

    [Fact]
    public void IsCausedBy_OfWhatIsNoException_IsRefused()
    {
        var details = new TaskFailureDetails("T", "", null, null, null);
        Assert.Throws<ArgumentException>(() => details.IsCausedBy(typeof(string)));
        Assert.Throws<ArgumentNullException>(() => details.IsCausedBy(null!));
    }

    [Fact]
    public void TaskFailedException_CarriesTheDetails()
    {
        var details = new TaskFailureDetails("System.TimeoutException", "too late", null, null, null);
        var failed = new TaskFailedException("Embed", 7, details);
        Assert.Equal(("Embed", 7), (failed.TaskName, failed.TaskId));
        Assert.Same(details, failed.FailureDetails);
        Assert.Equal("Task 'Embed' (#7) failed with an unhandled exception: too late", failed.Message);

        var local = new TaskFailedException("Embed", 7, new TimeoutException("too late"));
        Assert.Equal(failed.Message, local.Message);
        Assert.Equal(details.ErrorType, local.FailureDetails.ErrorType);
        Assert.IsType<TimeoutException>(local.InnerException);
    }

    public sealed class OwnException : IOException;
}
