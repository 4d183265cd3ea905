namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>Wants to know how a request ended. Called on the request's thread: it must not wait.</summary>
public interface IAdmissionObserver
{
    /// <param name="outcome">How.</param>
    /// <param name="latency">From its admission to its end; zero for one that was not let in.</param>
    void Ended(AdmissionOutcome outcome, TimeSpan latency);
}
