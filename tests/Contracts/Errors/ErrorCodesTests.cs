using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Tests.Errors;

public sealed class ErrorCodesTests
{
    [Theory]
    [InlineData(ErrorCode.Internal, 500, "internal_error", true)]
    [InlineData(ErrorCode.InvalidRequest, 400, "invalid_request", false)]
    [InlineData(ErrorCode.Unauthenticated, 401, "invalid_api_key", false)]
    [InlineData(ErrorCode.NotFound, 404, "not_found", false)]
    [InlineData(ErrorCode.ModelNotFound, 404, "model_not_found", false)]
    [InlineData(ErrorCode.PayloadTooLarge, 413, "payload_too_large", false)]
    [InlineData(ErrorCode.Unprocessable, 422, "unprocessable", false)]
    [InlineData(ErrorCode.Overloaded, 429, "overloaded", true)]
    [InlineData(ErrorCode.Unavailable, 503, "unavailable", true)]
    [InlineData(ErrorCode.DeadlineExceeded, 504, "deadline_exceeded", false)]
    [InlineData(ErrorCode.Cancelled, 499, "cancelled", false)]
    [InlineData(ErrorCode.NotImplemented, 501, "not_implemented", false)]
    [InlineData(ErrorCode.Conflict, 409, "conflict", false)]
    public void Code_HasItsStatusNameAndRetry(ErrorCode code, int status, string name, bool transient)
    {
        Assert.Equal(status, code.ToStatus());
        Assert.Equal(name, code.ToName());
        Assert.Equal(transient, code.IsTransient());
    }

    [Fact]
    public void Codes_EachHasANameOfItsOwn()
    {
        var names = Enum.GetValues<ErrorCode>().Select(code => code.ToName()).ToArray();

        Assert.Equal(names.Length, names.Distinct().Count());
    }
}
