using System.Globalization;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.LimiterSimulation;

namespace Hybrid.Bench.Limiter;

/// <summary>The limiters side by side in simulated time, and what the shipped one costs in real time.</summary>
internal sealed class LimiterBenchmark : IBenchmark
{
    private const int Requests = 1_000_000;
    private const int Rounds = 7;

    public string Name => "limiter";

    public string Summary => "overload and slowdowns before the adaptive limiter, its reference and a static threshold; its cost against a semaphore";

    public Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        Report.Write(output);

        var limiter = new AdaptiveLimiter(new AdaptiveLimiterOptions(), TimeProvider.System);
        using var semaphore = new SemaphoreSlim(32, 32);
        var (a, b) = Measure.InTurn(Rounds, () => Fixed(semaphore), () => Adaptive(limiter));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Adaptive(limiter);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        var (fixedNs, adaptiveNs) = (a * 1e6 / Requests, b * 1e6 / Requests);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"in and out again, one thread: semaphore {fixedNs:0} ns, adaptive limiter {adaptiveNs:0} ns; {bytes} bytes for {Requests} requests"));
        return Task.FromResult<IReadOnlyDictionary<string, double>>(new Dictionary<string, double>
        {
            ["semaphore_ns"] = fixedNs, ["limiter_ns"] = adaptiveNs, ["ratio"] = a / b, ["bytes_per_request"] = bytes / (double)Requests,
        });
    }

    private static void Fixed(SemaphoreSlim semaphore)
    {
        for (var i = 0; i < Requests; i++)
        {
            if (semaphore.Wait(0))
            {
                semaphore.Release();
            }
        }
    }

    private static void Adaptive(AdaptiveLimiter limiter)
    {
        for (var i = 0; i < Requests; i++)
        {
            if (limiter.TryAcquire() is { IsAdmitted: true } decision)
            {
                decision.Lease.Complete(AdmissionOutcome.Succeeded);
            }
        }
    }
}
