using Hybrid.Contracts.Errors;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>Says whose fault a failure of ONNX Runtime is. Its exception has the code only as a prefix of its message.</summary>
public static class OrtErrors
{
    private const string InvalidArgument = "[ErrorCode:InvalidArgument]";

    public static HybridException ToHybrid(OnnxRuntimeException exception) =>
        exception.Message.StartsWith(InvalidArgument, StringComparison.Ordinal)
            ? new HybridException(new Error(ErrorCode.InvalidRequest, $"The model cannot take these inputs:{exception.Message[InvalidArgument.Length..]}"), exception)
            : new HybridException(new Error(ErrorCode.Internal, "The model failed to compute this."), exception);
}
