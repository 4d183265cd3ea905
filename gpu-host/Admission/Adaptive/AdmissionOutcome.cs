namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>How an admitted request ended, as far as it tells about the server.</summary>
public enum AdmissionOutcome
{
    /// <summary>Answered; its latency counts.</summary>
    Succeeded,

    /// <summary>Given up when its budget ended. So long it took at least, which may be much or, with a small budget, little.</summary>
    TimedOut,

    /// <summary>The server's fault.</summary>
    Failed,

    /// <summary>The client left. Says nothing about the server.</summary>
    Abandoned,

    /// <summary>What it asked for was wrong, or there was no room for it. Says nothing about how fast the server is.</summary>
    Refused,
}
