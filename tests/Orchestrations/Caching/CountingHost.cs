using System.Collections.Concurrent;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Testing;

namespace Hybrid.Orchestrations.Tests.Caching;

/// <summary>A GPU host that counts what it computes, and whose version a test can change.</summary>
internal sealed class CountingHost : IAsyncDisposable
{
    public const string Model = "m";

    private CountingHost(FakeGpuHost host) => Host = host;

    public FakeGpuHost Host { get; }

    /// <summary>The version that answers.</summary>
    public int Version { get; set; } = 1;

    /// <summary>The version that the model list tells, where it is another one.</summary>
    public int? ListedVersion { get; set; }

    /// <summary>What every answer waits for.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>Texts, pairs and questions that were computed, in any order.</summary>
    public ConcurrentQueue<string> Computed { get; } = [];

    public static async Task<CountingHost> StartAsync()
    {
        var host = new CountingHost(await FakeGpuHost.StartAsync());
        host.Host
            .On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, host.EmbedAsync)
            .On<RerankRequest, RerankReply>(TaskRoutes.Rerank, host.Rerank)
            .On<GenerateRequest, GenerateReply>(TaskRoutes.Generate, host.GenerateAsync)
            .OnRaw(TaskRoutes.Models, async (http, _) =>
            {
                var version = host.ListedVersion ?? host.Version;
                http.Response.ContentType = MediaTypes.MessagePack;
                await http.Response.Body.WriteAsync(Wire.Encode(new ModelList("cpu", [new ModelInfo(Model, version, ModelTask.Embed, 512, 2)])));
            });
        return host;
    }

    /// <summary>The vector of a text by a version: nobody else's.</summary>
    public static float[] Vector(string text, int version) => [text.Sum(letter => letter * 31), version];

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private async Task<EmbedReply> EmbedAsync(EmbedRequest request)
    {
        var version = Version;
        foreach (var input in request.Inputs)
        {
            Computed.Enqueue(input.Text!);
        }

        await Hold;
        int[] counts = [.. request.Inputs.Select(input => input.Text!.Length)];
        return new EmbedReply(Model, version, 2, request.Inputs.SelectMany(input => Vector(input.Text!, version)).ToArray(), counts.Sum(), default, counts);
    }

    private RerankReply Rerank(RerankRequest request)
    {
        foreach (var passage in request.Passages)
        {
            Computed.Enqueue($"{request.Query}/{passage}");
        }

        int[] counts = [.. request.Passages.Select(passage => passage.Length + request.Query.Length)];
        return new RerankReply(Model, Version, [.. request.Passages.Select(passage => passage.Length / 10f)], counts.Sum(), default, counts);
    }

    private async Task<GenerateReply> GenerateAsync(GenerateRequest request)
    {
        Computed.Enqueue(request.Messages[0].Content);
        await Hold;
        return new GenerateReply(Model, Version, $"answer {Computed.Count}", FinishReason.Stop, 3, 4, default);
    }
}
