using Hybrid.GpuHost.Models;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Execution.Calibration;

/// <summary>
/// Chooses how a model uses the processor. Which way of spreading the cores is best depends on the model and the machine, so where the settings
/// leave it open, encoders of some size are run in a few ways for a moment, once.
/// </summary>
public sealed class PlanCalibration(
    EngineFactory engines, PlanCache cache, IOptions<ExecutionOptions> options, TimeProvider time, ILogger<PlanCalibration> logger)
{
    // Smaller ones take microseconds: what is measured there is the measuring, and their hosts shall start at once.
    private const long SmallestModel = 16 << 20;

    // Of the machine's time, what a calibration gets when nobody else wants it. With less it told of the others too, and the next start tries again.
    private const double Undisturbed = 0.6;

    private const double Negligible = 0.98;

    // Of a batch while the ways are compared.
    private const int Rows = 8;

    private static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    // Until a batch no longer fits into a core's cache, more rows are faster; past it slower. Where that is depends on the model's width.
    private static readonly int[] BatchRows = [4, 8, 16, 32, 64];

    /// <summary>The plan to open the model with: what the settings say, else what is known, else the default.</summary>
    /// <param name="modelPath">The graph.</param>
    /// <param name="instances">What the model's own configuration says; null: nothing.</param>
    /// <param name="before">Of another version of the model; null: there was none.</param>
    public ExecutionPlan Begin(string modelPath, int? instances, ExecutionPlan? before = null)
    {
        var candidates = Candidates(instances);
        return (IsOpen(modelPath, candidates) ? cache.Find(modelPath, candidates) ?? Among(candidates, before) : null) ?? candidates[0];
    }

    /// <summary>Whether there is anything to find out that is not known yet.</summary>
    public bool IsNeeded(string modelPath, int? instances)
    {
        var candidates = Candidates(instances);
        return IsOpen(modelPath, candidates) && cache.Find(modelPath, candidates) is null;
    }

    /// <summary>Tries the ways, then sizes of a batch on the best of them; for four seconds at most, and as long as opening the model takes.</summary>
    /// <param name="id">For the log.</param>
    /// <param name="modelPath">The graph.</param>
    /// <param name="instances">What the model's own configuration says; null: nothing.</param>
    /// <param name="tokens">Of one row.</param>
    /// <param name="laneOf">Makes a lane of an engine and a number of rows: it computes one batch each time it is called.</param>
    public ExecutionPlan Measure(ModelId id, string modelPath, int? instances, int tokens, Func<IInferenceEngine, int, Action<CancellationToken>> laneOf)
    {
        var candidates = Candidates(instances);
        var begin = time.GetTimestamp();
        var busyBefore = Environment.CpuUsage.TotalTime;
        var measured = new List<MeasuredPlan>();
        foreach (var plan in candidates)
        {
            var left = (Longest - time.GetElapsedTime(begin)) / (candidates.Count - measured.Count);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            using var engine = engines.Open(modelPath, plan);
            measured.Add(new MeasuredPlan(plan, Rate(engine, plan, Rows, laneOf, left < LongestWindow ? left : LongestWindow)));
        }

        var best = MeasuredPlan.Best(measured) ?? new MeasuredPlan(candidates[0], 0);
        var took = time.GetElapsedTime(begin);
        Log.PlanChosen(logger, id, best.Plan.Instances, best.Plan.Threads, string.Join(", ", measured), took.TotalMilliseconds);
        var chosen = best.Plan with { BatchTokens = BatchTokensOf(id, modelPath, best.Plan, tokens, laneOf) };
        took = time.GetElapsedTime(begin);
        if ((Environment.CpuUsage.TotalTime - busyBefore) / (took * Environment.ProcessorCount) >= Undisturbed)
        {
            cache.Keep(modelPath, candidates, chosen);
        }

        return chosen;
    }

    private int BatchTokensOf(ModelId id, string modelPath, ExecutionPlan plan, int tokens, Func<IInferenceEngine, int, Action<CancellationToken>> laneOf)
    {
        using var engine = engines.Open(modelPath, plan);
        var measured = BatchRows.Select(rows => (Tokens: rows * tokens, Rate: Rate(engine, plan, rows, laneOf, Longest / BatchRows.Length))).ToList();

        // The largest of the best: shorter texts than these need more of them to fill the processor.
        var most = measured.Max(size => size.Rate);
        var best = measured.Last(size => size.Rate >= most * Negligible).Tokens;
        Log.BatchTokensChosen(logger, id, best, string.Join(", ", measured.Select(size => FormattableString.Invariant($"{size.Tokens}: {size.Rate:0} rows/s"))));
        return best;
    }

    private static ExecutionPlan? Among(IReadOnlyList<ExecutionPlan> candidates, ExecutionPlan? plan) =>
        plan is { } known && candidates.Contains(known with { BatchTokens = 0 }) ? known : null;

    private IReadOnlyList<ExecutionPlan> Candidates(int? instances) =>
        PlanCandidates.All(Environment.ProcessorCount, instances ?? options.Value.InstanceCount.Count, options.Value.IntraOpThreads.Count);

    private bool IsOpen(string modelPath, IReadOnlyList<ExecutionPlan> candidates) =>
        candidates.Count > 1
        && engines.Device.Provider == ExecutionProvider.Cpu
        && new DirectoryInfo(Path.GetDirectoryName(modelPath)!).GetFiles(Path.GetFileName(modelPath) + "*").Sum(file => file.Length) >= SmallestModel;

    private double Rate(IInferenceEngine engine, ExecutionPlan plan, int rows, Func<IInferenceEngine, int, Action<CancellationToken>> laneOf, TimeSpan window) =>
        rows * Rate([.. Enumerable.Range(0, plan.Instances).Select(_ => Warm(laneOf(engine, rows)))], window);

    // Its first batch reads the weights from the disk's cache, and allocates.
    private static Action<CancellationToken> Warm(Action<CancellationToken> lane)
    {
        lane(CancellationToken.None);
        return lane;
    }

    /// <summary>Batches per second of all lanes together; what is begun at the end of the time is stopped, and does not count.</summary>
    private double Rate(Action<CancellationToken>[] lanes, TimeSpan window)
    {
        using var stop = new CancellationTokenSource(window, time);
        var batches = 0;
        var begin = time.GetTimestamp();
        var last = begin;
        var threads = Array.ConvertAll(lanes, lane => new Thread(() =>
        {
            try
            {
                while (true)
                {
                    lane(stop.Token);
                    Interlocked.Increment(ref batches);
                    Interlocked.Exchange(ref last, time.GetTimestamp());
                }
            }
            catch (OperationCanceledException)
            {
                // Its time is over.
            }
        }));
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return batches == 0 ? 0 : batches / time.GetElapsedTime(begin, last).TotalSeconds;
    }
}
