using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Pipelines;
using Microsoft.DurableTask;

namespace Hybrid.Orchestrations.Tests.Pipelines;

public sealed class FailureTextTests
{
    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Read_WhatWasWritten_IsTheSame(ErrorCode code)
    {
        var error = new Error(code, "Stage 'x': a (strange): message 'here'.", "x");

        Assert.Equal(error, FailureText.Read(TaskFailureDetails.FromException(new StageException(error))));
        Assert.Equal(error with { Param = null }, FailureText.Read(TaskFailureDetails.FromException(new StageException(error with { Param = null }))));
    }

    [Fact]
    public void Read_BehindWhatAHostPutsBefore_FindsTheError()
    {
        var wrapped = $"Task 'RagPipeline' (#1) failed with an unhandled exception: {FailureText.Write(new Error(ErrorCode.Conflict, "No.", "p"))}";

        Assert.Equal(new Error(ErrorCode.Conflict, "No.", "p"), FailureText.Read(new TaskFailureDetails("T", wrapped, null, null, null)));
    }

    [Fact]
    public void Read_InAnInnerFailure_FindsTheError()
    {
        var inner = TaskFailureDetails.FromException(new StageException(new Error(ErrorCode.NotFound, "Gone.", "collection")));

        Assert.Equal(ErrorCode.NotFound, FailureText.Read(new TaskFailureDetails("T", "outer", null, inner, null)).Code);
    }

    [Fact]
    public void Read_OfAStrangersFailure_TellsNothingOfIt()
    {
        var error = FailureText.Read(TaskFailureDetails.FromException(new IOException("/secret/path (x): y")));

        Assert.Equal(ErrorCode.Internal, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
