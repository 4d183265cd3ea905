namespace Hybrid.Contracts.Errors;

/// <summary>
/// A failure with a code that a client can act on. Thrown where a value cannot carry it (bindings, codecs, far below an
/// endpoint); each outer surface has one function that turns it into its own error body.
/// </summary>
public sealed class HybridException : Exception
{
    public HybridException(Error error, Exception? inner = null)
        : base(error.Message, inner) => Error = error;

    public HybridException(ErrorCode code, string message, string? param = null)
        : this(new Error(code, message, param))
    {
    }

    public Error Error { get; }
}
