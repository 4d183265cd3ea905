using Hybrid.Contracts.Errors;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>Says whose fault a failure of ONNX Runtime is. Its exception has the code only as a prefix of its message.</summary>
public static class OrtErrors
{
    private const string InvalidArgument = "[ErrorCode:InvalidArgument]";
    private const string OperatorFailed = "Non-zero status code returned while running ";

    public static HybridException ToHybrid(OnnxRuntimeException exception) =>
        exception.Message.StartsWith(InvalidArgument, StringComparison.Ordinal)
            ? new HybridException(new Error(ErrorCode.InvalidRequest, $"The model cannot take these inputs:{exception.Message[InvalidArgument.Length..]}"), exception)
            : new HybridException(new Error(ErrorCode.Internal, "The model failed to compute this."), exception);

    /// <summary>
    /// The same failure when the inputs came from outside as they are: an operator that fails on them is the caller's to mend, unless the
    /// device failed. Null: it is not such a failure. The runtime's own message has source paths, so only the operator is named.
    /// </summary>
    public static HybridException? ToInputFault(HybridException failure)
    {
        if (failure.InnerException is not OnnxRuntimeException { Message: var message } exception || message.Contains("CUDA", StringComparison.Ordinal))
        {
            return null;
        }

        var begin = message.IndexOf(OperatorFailed, StringComparison.Ordinal);
        var end = message.IndexOf(" Status Message:", StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? new HybridException(new Error(ErrorCode.Unprocessable, $"The model cannot compute these inputs: it fails in {message[(begin + OperatorFailed.Length)..end]}."), exception)
            : null;
    }
}
