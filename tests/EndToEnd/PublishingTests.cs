using System.Diagnostics;
using System.Net.Http.Headers;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.EndToEnd.Tests.Stacks;

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

        await RunAsync(folder, limit.Token, "push", Path.Combine(options.Models, Model, "1"), "--name", Model, "--canary", "10");
        await UntilAsync(host, versions => versions is { First: > 0, Second: > 0 and < 50 }, limit.Token);

        await RunAsync(folder, limit.Token, "promote", Model);
        await UntilAsync(host, versions => versions is { First: 0 }, limit.Token);

        await RunAsync(folder, limit.Token, "rollback", Model);
        await UntilAsync(host, versions => versions is { Second: 0 }, limit.Token);
    }

    private static async Task RunAsync(TestFolder folder, CancellationToken cancellationToken, params string[] arguments)
    {
        var program = Path.Combine(StackOptions.OfCheckout().Programs, "Hybrid.Stack", "release", "Hybrid.Stack.dll");
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "model", .. arguments, "--data", folder.Path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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
                using var content = new ByteArrayContent(Wire.Encode(new EmbedRequest(Model, ["Who answers?"])));
                content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.MessagePack);
                using var response = await host.PostAsync(TaskRoutes.Embed, content, cancellationToken);
                response.EnsureSuccessStatusCode();
                versions.Add(Wire.Decode<EmbedReply>(await response.Content.ReadAsByteArrayAsync(cancellationToken)).Version);
            }

            if (holds((versions.Count(version => version == 1), versions.Count(version => version == 2))))
            {
                return;
            }
        }
    }
}
