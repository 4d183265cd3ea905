using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>What an attempt showed about the host, in contrast to the request.</summary>
internal enum HostSign
{
    /// <summary>It answered: with a reply, or with an error of the request (400, 404), of its load (429) or of one model's limiter.</summary>
    Works,

    /// <summary>It answered that it takes no work: it starts or drains. What it has begun it may still finish.</summary>
    NotReady,

    /// <summary>No connection could be opened.</summary>
    Unreachable,

    /// <summary>A fault of its own, or a reply that broke off, stalled or cannot be read.</summary>
    Failed,

    /// <summary>It had not answered when another host, asked later, had.</summary>
    Outrun,

    /// <summary>It was given up since the host's health route had fallen silent.</summary>
    Lost,

    /// <summary>Nothing: the deadline came, or the caller left.</summary>
    None,
}

internal static class HostSigns
{
    /// <summary>Why an attempt has no answer, as metrics and spans name it; null: it has one.</summary>
    public static string? FailureOf(this HostSign sign, ErrorCode? error) => sign switch
    {
        HostSign.Outrun => "outrun",
        HostSign.Lost => "lost",
        _ => error?.ToName(),
    };
}
