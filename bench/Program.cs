using System.Runtime.InteropServices;
using System.Text.Json;
using Hybrid.Bench;
using Hybrid.Bench.Boundary;
using Hybrid.Bench.Caching;
using Hybrid.Bench.Codec;
using Hybrid.Bench.Dispatch;
using Hybrid.Bench.Execute;
using Hybrid.Bench.Execute.Raw;
using Hybrid.Bench.FalseSharing;
using Hybrid.Bench.Limiter;
using Hybrid.Bench.Mixed;
using Hybrid.Bench.Overhead;
using Hybrid.Bench.Prompting;
using Hybrid.Bench.Retrieval;
using Hybrid.Bench.Soak;
using Hybrid.Bench.Swap;
using Hybrid.Stack;

if (args is [RawProcess.Verb, .. var subjects])
{
    return RawProcess.Serve(subjects);
}

IBenchmark[] benchmarks =
[
    new RetrievalBenchmark(),
    new ExecuteBenchmark(),
    new CachingBenchmark(),
    new CodecBenchmark(),
    new DispatchBenchmark(),
    new LimiterBenchmark(),
    new PromptingBenchmark(),
    new OverheadBenchmark(),
    new MixedBenchmark(),
    new SoakBenchmark(),
    new BoundaryBenchmark(),
    new FalseSharingBenchmark(),
    new SwapBenchmark(),
];

if (benchmarks.FirstOrDefault(benchmark => benchmark.Name == args.FirstOrDefault()) is not { } chosen)
{
    Console.WriteLine("./hybrid bench NAME runs one of these; its last line is one JSON object.");
    foreach (var benchmark in benchmarks)
    {
        Console.WriteLine($"  {benchmark.Name,-12} {benchmark.Summary}");
    }

    return args.Length == 0 || args[0] is "--help" or "-h" ? 0 : 1;
}

// Ctrl-C ends a benchmark in its own order, since it has processes to stop.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var options = BenchOptions.Parse(args[1..]);
    chosen.Configure(options);
    options.RejectUnknown();
    var result = await chosen.RunAsync(Console.Out, stop.Token);
    Console.WriteLine(JsonSerializer.Serialize(new { bench = chosen.Name, result }));
    return 0;
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"{exception.Message}\n  {chosen.Name}: {chosen.Summary}");
    return 2;
}
catch (StackException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
