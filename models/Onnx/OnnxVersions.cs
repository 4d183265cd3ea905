namespace Hybrid.Onnx;

/// <summary>The versions of the format that we write.</summary>
public static class OnnxVersions
{
    /// <summary>The file format's version: 8 goes with opset 17, and every runtime since 2022 reads it.</summary>
    public const long IntermediateRepresentation = 8;

    /// <summary>The standard operators' version: what Optimum exports by default needs no more.</summary>
    public const long OperatorSet = 17;

    /// <summary>The domain of the standard operators.</summary>
    public const string StandardDomain = "";

    /// <summary>The domain of ONNX Runtime's extensions, the tokenizers among them.</summary>
    public const string ExtensionsDomain = "ai.onnx.contrib";
}
