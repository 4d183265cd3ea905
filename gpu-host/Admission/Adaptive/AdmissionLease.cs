namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>The place of one admitted request. A value, so that admission allocates nothing; it must be completed exactly once.</summary>
public readonly record struct AdmissionLease
{
    private readonly AdaptiveLimiter _limiter;

    internal AdmissionLease(AdaptiveLimiter limiter, TimeSpan began, double work, int dueSlot, int epoch, int probe)
    {
        _limiter = limiter;
        Began = began;
        Work = work;
        DueSlot = dueSlot;
        Epoch = epoch;
        Probe = probe;
    }

    internal TimeSpan Began { get; }

    internal double Work { get; init; }

    internal int DueSlot { get; }

    internal int Epoch { get; }

    /// <summary>Is told how the request ended; null: nobody is.</summary>
    internal IAdmissionObserver? Observer { get; init; }

    /// <summary>The probe's number; 0: none.</summary>
    internal int Probe { get; }

    /// <summary>Gives the place back and lets the limiter learn from how it went.</summary>
    public void Complete(AdmissionOutcome outcome) => Complete(outcome, Work);

    /// <inheritdoc cref="Complete(AdmissionOutcome)"/>
    /// <param name="outcome">How it went.</param>
    /// <param name="work">Its size after all, where that was only guessed at first.</param>
    public void Complete(AdmissionOutcome outcome, double work) => _limiter.Complete(this with { Work = Math.Max(1, work) }, outcome);
}
