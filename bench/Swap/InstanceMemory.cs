using Hybrid.Bench.Execute;
using Hybrid.Bench.Execute.Contenders;
using Hybrid.Stack;

namespace Hybrid.Bench.Swap;

/// <summary>How much private memory a further instance of a model takes, each with a session and threads of its own.</summary>
internal static class InstanceMemory
{
    /// <summary>So many more than one, so that what a process has more or less of its own does not count.</summary>
    private const int Further = 4;

    private const int Requests = 50;
    private const int Tokens = 8;

    /// <summary>Bytes, the mean of the further ones. The hosts that are started for it stage into the cache of that name.</summary>
    public static async Task<double> OfFurtherAsync(StackOptions options, string host, string models, Narrator narrator, CancellationToken cancellationToken)
    {
        // The first start stages the model and makes its optimized form, and has of that what a process keeps.
        await PrivateAsync(1);
        var one = await PrivateAsync(1);
        return (await PrivateAsync(1 + Further) - one) / Further;

        async Task<double> PrivateAsync(int instances)
        {
            await using var process = await HybridHost.StartAsync(
                options, host, models, narrator, cancellationToken, new("Execution__InstanceCount", $"{instances}"), new KeyValuePair<string, string>("Execution__IntraOpThreads", "2"));
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            foreach (var tokens in EmbedInputs.OfLength(Tokens, Requests))
            {
                await process.EmbedAsync(http, tokens, cancellationToken);
            }

            return ProcessMemory.Private(process.ProcessId);
        }
    }
}
