using System.Diagnostics;
using System.Globalization;
using Hybrid.Contracts.Tasks;
using Hybrid.Models;
using Hybrid.Orchestrations;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Stack;
using Hybrid.Stack.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hybrid.Bench.Caching;

/// <summary>One embedding from a real GPU host, from a real Redis and from memory; and how much of a crowd's questions reaches the host.</summary>
internal sealed class CachingBenchmark : IBenchmark
{
    private const int Rounds = 500;
    private const int CrowdTexts = 500;
    private const int CrowdRequests = 10_000;

    public string Name => "caching";

    public string Summary => "an embedding (bench-embed) from its host, from Redis and from memory; the share of repeated questions that is computed";

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new BenchFolder();
        var options = folder.Options;
        var models = Path.Combine(StackOptions.OfCheckout().Data, "bench-models");
        var narrator = new Narrator(output);
        await BenchModels.WriteAsync(models, narrator, cancellationToken);
        await using var redis = await BenchRedis.StartAsync(folder.Path, cancellationToken);
        await using var gpuHost = await ServedProcess.StartAsync(
            options, ServedProgram.GpuHost(options, "gpu-host", 0, new KeyValuePair<string, string>("Weights__Directory", models)), narrator, cancellationToken);

        // As two processes have them: one computes, the other finds it in Redis and then in its own memory.
        using var first = await CachesAsync(gpuHost.Url, redis.Address, cancellationToken);
        using var second = await CachesAsync(gpuHost.Url, redis.Address, cancellationToken);
        await ShareAsync(first, second, cancellationToken);
        var host = new List<double>();
        var miss = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            // In turn, so that a neighbour's load is as unkind to both.
            host.Add(await TimeAsync(first, round, CacheUse.None, cancellationToken));
            miss.Add(await TimeAsync(first, round, CacheUse.Full, cancellationToken));
        }

        var shared = new List<double>();
        var memory = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            shared.Add(await TimeAsync(second, round, CacheUse.Full, cancellationToken));
            memory.Add(await TimeAsync(second, round, CacheUse.Full, cancellationToken));
        }

        var (a, b, c, d) = (Measure.Median(host), Measure.Median(miss), Measure.Median(shared), Measure.Median(memory));
        narrator.Report(string.Create(CultureInfo.InvariantCulture, $"host {a:0.000} ms, miss {b:0.000} ms, Redis {c:0.000} ms, memory {d:0.0000} ms"));

        var computed = await CrowdAsync(first, cancellationToken);
        narrator.Report($"{computed} of {CrowdRequests} requests of a crowd were computed");
        return new Dictionary<string, double>
        {
            ["host_ms"] = a,
            ["miss_ms"] = b,
            ["redis_hit_ms"] = c,
            ["memory_hit_ms"] = d,
            ["host_to_redis_ratio"] = a / c,
            ["host_to_memory_ratio"] = a / d,
            ["origin_share"] = computed / (double)CrowdRequests,
        };
    }

    private static async Task<IHost> CachesAsync(Uri gpuHost, string redis, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["GpuPool:Hosts:0"] = gpuHost.ToString();
        builder.Configuration["Caching:Redis:ConnectionString"] = redis;
        builder.Services.AddOrchestrations(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }

    /// <summary>Ends when one finds what the other has computed: connections are made beside the requests.</summary>
    private static async Task ShareAsync(IHost first, IHost second, CancellationToken cancellationToken)
    {
        Cached<EmbedReply> found;
        do
        {
            var text = $"shared {Guid.NewGuid()}";
            await EmbedAsync(first, text, CacheUse.Full, cancellationToken);
            found = await EmbedAsync(second, text, CacheUse.Full, cancellationToken);
        }
        while (found.Status.FromRedis == 0);
    }

    private static Task<Cached<EmbedReply>> EmbedAsync(IHost caches, string text, CacheUse use, CancellationToken cancellationToken) =>
        caches.Services.GetRequiredService<CachedTasks>().EmbedAsync(
            new EmbedRequest("bench-embed", [text]),
            new PoolCall("bench", "bench", Deadline.After(TimeSpan.FromMinutes(1), TimeProvider.System)),
            use,
            cancellationToken);

    /// <summary>How many requests reach the host when texts are asked for as words are used: the n-th most popular 1/n as often as the first (Zipf).</summary>
    private static async Task<int> CrowdAsync(IHost caches, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var sums = new double[CrowdTexts];
        for (var i = 0; i < CrowdTexts; i++)
        {
            sums[i] = (i == 0 ? 0 : sums[i - 1]) + (1.0 / (i + 1));
        }

        var computed = 0;
        for (var i = 0; i < CrowdRequests; i++)
        {
            var drawn = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
            var answer = await EmbedAsync(caches, $"question {(drawn < 0 ? ~drawn : drawn)} of a crowd", CacheUse.Full, cancellationToken);
            computed += answer.Status.IsHit ? 0 : 1;
        }

        return computed;
    }

    /// <summary>Milliseconds that one text takes.</summary>
    private static async Task<double> TimeAsync(IHost caches, int text, CacheUse use, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await EmbedAsync(caches, $"a passage, number {text}", use, cancellationToken);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
