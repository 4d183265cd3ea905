using System.Text.Json;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;
using Hybrid.Stack.Serving;

namespace Hybrid.Stack.Publishing.Golden;

/// <summary>
/// A GPU host on this machine that serves one version before it is published, as hosts will: staged by its manifest and verified. With it goes
/// all that it wrote.
/// </summary>
internal sealed class TrialHost : IAsyncDisposable
{
    // A load takes as long as it takes; whoever waits can stop it.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybrid-golden-");
    private readonly ModelVersion _id;
    private ServedProcess? _process;

    private TrialHost(ModelVersion id) => _id = id;

    /// <summary>Returns when the version answers.</summary>
    /// <param name="folder">Where its files are.</param>
    /// <param name="manifest">Which of them are the version's.</param>
    /// <param name="id">What it is called.</param>
    /// <param name="cancellationToken">Ends it, and the host.</param>
    /// <exception cref="StackException">The host does not start.</exception>
    /// <exception cref="HybridException">The version does not load; the message has the host's reason.</exception>
    public static async Task<TrialHost> StartAsync(string folder, ModelManifest manifest, ModelVersion id, CancellationToken cancellationToken)
    {
        var host = new TrialHost(id);
        try
        {
            await host.ServeAsync(host.Offer(folder, manifest), cancellationToken);
            await host.LoadAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="HybridException">What the host has against the request.</exception>
    public async Task<InferReply> AskAsync(InferRequest request, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Wire.Encode(request with { Model = _id.Model, Version = _id.Version })) { Headers = { ContentType = new(MediaTypes.MessagePack) } };
        using var response = await PostAsync(TaskRoutes.Infer, content, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? Wire.Decode<InferReply>(body) : throw new HybridException(Wire.Decode<Error>(body));
    }

    public async ValueTask DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    // Links: the host copies what it stages, and weights are large.
    private string Offer(string folder, ModelManifest manifest)
    {
        var models = Path.Combine(_folder.FullName, "models");
        var version = Path.Combine(models, $"{_id}");
        foreach (var file in manifest.Files)
        {
            var link = Path.Combine(version, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, Path.GetFullPath(Path.Combine(folder, file.Path)));
        }

        File.WriteAllBytes(Path.Combine(version, ModelManifest.FileName), (manifest with { Golden = null }).ToJson());
        return models;
    }

    private async Task ServeAsync(string models, CancellationToken cancellationToken)
    {
        var options = StackOptions.OfCheckout() with { Data = _folder.FullName };

        // Some requests, and then never again: nothing is worth measuring or keeping.
        var program = ServedProgram.GpuHost(
            options,
            "gpu-host",
            preferredPort: 0,
            [
                new("Weights__Directory", models),
                new("Execution__InstanceCount", "1"),
                new("Execution__IntraOpThreads", "0"),
                new("Execution__KeepOptimized", "false"),
            ]);

        // Alive is enough: why the version is not ready is asked for below.
        _process = await ServedProcess.StartAsync(options, program with { ReadyRoute = TaskRoutes.Live }, new Narrator(TextWriter.Null), cancellationToken);
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        using var response = await PostAsync($"/v2/repository/models/{_id.Model}/load", content: null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            throw new HybridException(ErrorCode.Unprocessable, $"No host will serve this folder. {answer.RootElement.GetProperty("error").GetString()}");
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string route, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.PostAsync(new Uri(_process!.Url, route), content, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new StackException($"The host that was started to answer golden requests is gone: {exception.Message}");
        }
    }
}
