namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>What the host knows of a version that is published, beside whether it is in memory: that is for the snapshot to say.</summary>
/// <param name="Id">The version.</param>
/// <param name="Reason">Why it does not answer, or not in its newest form; empty where there is nothing to say.</param>
/// <param name="IsLoading">It is staged, loaded or checked.</param>
/// <param name="IsLeaving">It takes nothing new, and finishes what it has.</param>
/// <param name="LastAttempt">The last time that it was loaded; null: it never was.</param>
internal sealed record VersionStatus(ModelId Id, string Reason = "", bool IsLoading = false, bool IsLeaving = false, LoadAttempt? LastAttempt = null)
{
    /// <summary>Whether there is anything to gain from loading it now.</summary>
    /// <param name="etag">Of its manifest now.</param>
    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="isThere">It is in memory, or comes back by itself when it is asked for.</param>
    public bool MayLoad(string? etag, long now, bool isThere) =>
        LastAttempt is not { } last || last.ETag != etag || (last.Succeeded ? !isThere : now >= last.RetryAt);

    /// <summary>Whether it failed as it is, and there is nothing to serve of it.</summary>
    /// <inheritdoc cref="MayLoad"/>
    public bool IsHeldBack(string? etag, long now, bool isThere) => !isThere && LastAttempt is { Succeeded: false } && !MayLoad(etag, now, isThere);
}

/// <summary>One try to load a version.</summary>
/// <param name="ETag">Of the manifest that was tried.</param>
/// <param name="Failures">How many tries in a row have failed with it; 0: it was loaded.</param>
/// <param name="RetryAt">Timestamp from which on another try is worth it; null: not before the manifest changes.</param>
internal sealed record LoadAttempt(string? ETag, int Failures = 0, long? RetryAt = null)
{
    public bool Succeeded => Failures == 0;
}
