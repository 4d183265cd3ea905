namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>The answer to a request that wants in.</summary>
/// <param name="Reason">Why not; <see cref="RejectReason.None"/>: it is in, and <paramref name="Lease"/> must be completed.</param>
/// <param name="RetryAfter">When another try is worth it, if it is not in.</param>
/// <param name="Lease">Its place, if it is in.</param>
public readonly record struct AdmissionDecision(RejectReason Reason, TimeSpan RetryAfter, AdmissionLease Lease)
{
    public bool IsAdmitted => Reason == RejectReason.None;

    internal static AdmissionDecision Admit(AdmissionLease lease) => new(RejectReason.None, TimeSpan.Zero, lease);

    internal static AdmissionDecision Reject(RejectReason reason, TimeSpan retryAfter) => new(reason, retryAfter, default);
}
