namespace Hybrid.Contracts.Errors;

/// <summary>Why a request was not answered. The number is the wire form and never changes its meaning.</summary>
public enum ErrorCode
{
    /// <summary>A fault of ours; the log of the process that answered has the details.</summary>
    Internal = 0,

    /// <summary>The request cannot be read: malformed body, missing or contradictory fields.</summary>
    InvalidRequest = 1,

    /// <summary>No key, or one that is not known.</summary>
    Unauthenticated = 2,

    /// <summary>The named thing is not there, or is not the caller's to see.</summary>
    NotFound = 3,

    /// <summary>No model of that name (and version) is served.</summary>
    ModelNotFound = 4,

    /// <summary>The body, or a count in it, is over a limit.</summary>
    PayloadTooLarge = 5,

    /// <summary>Readable, but not acceptable: empty text, too many tokens, a value out of its range.</summary>
    Unprocessable = 6,

    /// <summary>Too much work is waiting already; try again after the time in Retry-After.</summary>
    Overloaded = 7,

    /// <summary>No host is ready to do this.</summary>
    Unavailable = 8,

    /// <summary>The budget ended before the work did.</summary>
    DeadlineExceeded = 9,

    /// <summary>The caller left; never sent, kept for logs and metrics.</summary>
    Cancelled = 10,

    /// <summary>Known, but not built yet.</summary>
    NotImplemented = 11,

    /// <summary>The thing changed meanwhile, or is in a state that does not allow this.</summary>
    Conflict = 12,
}
