using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Models;
using Hybrid.Stack.Serving;

namespace Hybrid.EndToEnd.Tests;

/// <summary>A version's way from its publisher's commands to the requests that it answers.</summary>
public sealed class PublishingTests
{
    private const string Model = "demo-embed";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Version_PushedAsTheCanaryPromotedAndRolledBack_AnswersAccordingly()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var folder = new TestFolder();
        var options = folder.Options with
        {
            Settings = new Dictionary<string, string>(folder.Options.Settings) { ["Models__PollInterval"] = "00:00:01" },
        };
        await using var stack = await LocalStack.StartAsync(options, new Narrator(Console.Error), limit.Token);
        using var host = new HttpClient { BaseAddress = stack.GpuHosts[0].Url };
        limit.CancelAfter(Patience);

        await RunAsync(limit.Token, "push", Path.Combine(options.Models, Model, "1"), "--name", Model, "--canary", "10", "--data", folder.Path);
        await UntilAsync(host, versions => versions is { First: > 0, Second: > 0 and < 50 }, limit.Token);

        await RunAsync(limit.Token, "promote", Model, "--data", folder.Path);
        await UntilAsync(host, versions => versions is { First: 0 }, limit.Token);

        await RunAsync(limit.Token, "rollback", Model, "--data", folder.Path);
        await UntilAsync(host, versions => versions is { Second: 0 }, limit.Token);
    }

    [Fact]
    public async Task Version_PushedWithGoldenRequests_ServesWhereItAnswersAsItDidThereAndNowhereElse()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        using var folder = new TestFolder();
        var (exports, repository) = (Path.Combine(folder.Path, "exports"), Path.Combine(folder.Path, "repository"));
        await DemoModels.WriteAsync(exports, new Narrator(TextWriter.Null), limit.Token);
        var export = Path.Combine(exports, Model, "1");
        var request = new InferRequest(
            "as the publisher calls it",
            0,
            [Tensor.Of("input_ids", TensorType.Int64, [1, 3], [100L, 200, 300]), Tensor.Of("attention_mask", TensorType.Int64, [1, 3], [1L, 1, 1])],
            []);
        var (asked, answered) = (Path.Combine(export, "golden", "words.request"), Path.Combine(export, "golden", "words.reply"));
        Directory.CreateDirectory(Path.Combine(export, "golden"));
        await File.WriteAllBytesAsync(asked, Wire.Encode(request), limit.Token);

        await RunAsync(limit.Token, "push", export, "--name", Model, "--golden", "--directory", repository);

        // Hosts ask, and get what was answered.
        var manifest = ModelManifest.Parse(await File.ReadAllBytesAsync(Path.Combine(repository, Model, "1", ModelManifest.FileName), limit.Token));
        Assert.Equal([new GoldenSample("golden/words.request", "golden/words.reply", GoldenSample.DefaultTolerance)], manifest.Golden);
        var reply = Wire.Decode<InferReply>(await File.ReadAllBytesAsync(answered, limit.Token));
        await using var host = await ServedProcess.StartAsync(
            folder.Options, ServedProgram.GpuHost(folder.Options, "gpu-host", 0, new KeyValuePair<string, string>("Weights__Directory", repository)), new Narrator(Console.Error), limit.Token);
        using var http = new HttpClient { BaseAddress = host.Url };
        var (status, body) = await PostAsync(http, TaskRoutes.Infer, Wire.Encode(request with { Model = Model }), limit.Token);
        Assert.Equal(HttpStatusCode.OK, status);
        var vectors = Assert.Single(reply.Outputs);
        Assert.Equal(vectors.As<float>().ToArray(), Assert.Single(Wire.Decode<InferReply>(body).Outputs).As<float>().ToArray());
        Assert.Contains(vectors.As<float>().ToArray(), number => number != 0);

        // Another answer than the known one: the version is not served.
        await File.WriteAllBytesAsync(answered, Wire.Encode(reply with { Outputs = [vectors with { Data = new(new byte[vectors.Data.Length]) }] }), limit.Token);
        await RunAsync(limit.Token, "push", export, "--name", Model, "--directory", repository);
        (status, body) = await PostAsync(http, $"/v2/repository/models/{Model}/load", [], limit.Token);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("golden/words.request is answered wrongly", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        (_, body) = await PostAsync(http, TaskRoutes.Infer, Wire.Encode(request with { Model = Model }), limit.Token);
        Assert.Equal(1, Wire.Decode<InferReply>(body).Version);
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> PostAsync(HttpClient host, string route, byte[] body, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.MessagePack);
        using var response = await host.PostAsync(route, content, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private static async Task RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var program = Path.Combine(StackOptions.OfCheckout().Programs, "Hybrid.Stack", "release", "Hybrid.Stack.dll");
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "model", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal((0, ""), (process.ExitCode, await error));
    }

    /// <summary>Asks without naming a version until a hundred answers come from where they should; all of them have to be answers.</summary>
    private static async Task UntilAsync(HttpClient host, Func<(int First, int Second), bool> holds, CancellationToken cancellationToken)
    {
        while (true)
        {
            var versions = new List<int>();
            while (versions.Count < 100)
            {
                var (status, body) = await PostAsync(host, TaskRoutes.Embed, Wire.Encode(new EmbedRequest(Model, ["Who answers?"])), cancellationToken);
                Assert.Equal(HttpStatusCode.OK, status);
                versions.Add(Wire.Decode<EmbedReply>(body).Version);
            }

            if (holds((versions.Count(version => version == 1), versions.Count(version => version == 2))))
            {
                return;
            }
        }
    }
}
