using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Admission.Adaptive;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Admission.Adaptive;

/// <summary>What holds whatever comes: any arrivals, any latencies, any outcomes, any steps of the clock.</summary>
public sealed class AdaptiveLimiterInvariantTests
{
    private static readonly AdaptiveLimiterOptions Options = new() { InitialConcurrency = 4, MaxConcurrency = 16, RelearnAfter = TimeSpan.FromSeconds(30) };

    // A step: how many want in, how many of those inside end and how, and how far the clock goes.
    private static readonly Arbitrary<(int Arrivals, int Endings, int Outcome, int Ms)[]> Steps =
        (from arrivals in Gen.Choose(0, 8)
         from endings in Gen.Choose(0, 8)
         from outcome in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)))
         from ms in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 300), Gen.Choose(300, 3000))
         select (arrivals, endings, outcome, ms)).ListOf().Select(steps => steps.ToArray()).ToArbitrary();

    [Fact]
    public void InFlight_WhateverComes_IsNeverLetOverTheLimitAndNeverMiscounted() =>
        Prop.ForAll(Steps, steps =>
        {
            var time = new FakeTimeProvider();
            var limiter = new AdaptiveLimiter(Options, time);
            var inside = new Queue<AdmissionLease>();
            foreach (var (arrivals, endings, outcome, ms) in steps)
            {
                for (var i = 0; i < arrivals; i++)
                {
                    var decision = limiter.TryAcquire();
                    var (limit, inFlight) = (limiter.Snapshot().Limit, limiter.Snapshot().InFlight);
                    if (decision.IsAdmitted)
                    {
                        inside.Enqueue(decision.Lease);
                    }

                    if (inFlight != inside.Count || (decision.IsAdmitted && inFlight > limit) || (decision.IsAdmitted == decision.RetryAfter > TimeSpan.Zero)
                        || limit < Options.MinConcurrency || limit > Options.MaxConcurrency)
                    {
                        return false;
                    }
                }

                for (var i = 0; i < endings && inside.Count > 0; i++)
                {
                    inside.Dequeue().Complete((AdmissionOutcome)outcome);
                }

                time.Advance(TimeSpan.FromMilliseconds(ms));
            }

            return limiter.Snapshot().InFlight == inside.Count;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300));

    [Fact]
    public void Threads_AllAtOnce_NeverExceedTheLimitAndLeaveNothingBehind()
    {
        // A real clock with short evaluations, so that they happen amid the requests; the limit cannot move, so it can be checked.
        var limiter = new AdaptiveLimiter(
            new AdaptiveLimiterOptions
            {
                EvaluationInterval = TimeSpan.FromMilliseconds(100), InitialConcurrency = 8, MinConcurrency = 8, MaxConcurrency = 8,
            },
            TimeProvider.System);
        var inside = 0;
        var most = 0;
        Parallel.For(0, 400_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            if (limiter.TryAcquire() is not { IsAdmitted: true } decision)
            {
                return;
            }

            var now = Interlocked.Increment(ref inside);
            if (now > Volatile.Read(ref most))
            {
                Volatile.Write(ref most, now);
            }

            Interlocked.Decrement(ref inside);
            decision.Lease.Complete(AdmissionOutcome.Succeeded);
        });

        Assert.InRange(most, 1, 8);
        Assert.Equal(0, limiter.Snapshot().InFlight);
    }
}
