using System.Text.Json;
using Hybrid.Bench;
using Hybrid.Bench.Batching;
using Hybrid.Bench.Caching;
using Hybrid.Bench.Dispatch;
using Hybrid.Bench.Limiter;
using Hybrid.Bench.Prompting;
using Hybrid.Bench.Retrieval;

IBenchmark[] benchmarks =
    [new RetrievalBenchmark(), new BatchingBenchmark(), new CachingBenchmark(), new DispatchBenchmark(), new LimiterBenchmark(), new PromptingBenchmark()];

if (benchmarks.FirstOrDefault(benchmark => benchmark.Name == args.FirstOrDefault()) is not { } chosen)
{
    Console.WriteLine("./hybrid bench NAME runs one of these; its last line is one JSON object.");
    foreach (var benchmark in benchmarks)
    {
        Console.WriteLine($"  {benchmark.Name,-10} {benchmark.Summary}");
    }

    return args.Length == 0 || args[0] is "--help" or "-h" ? 0 : 1;
}

var result = await chosen.RunAsync(Console.Out, CancellationToken.None);
Console.WriteLine(JsonSerializer.Serialize(new { bench = chosen.Name, result }));
return 0;
