using Hybrid.Stack;

namespace Hybrid.Bench.Execute.Contenders;

/// <summary>Our host and its peers, all running.</summary>
internal sealed class ContenderSet : IAsyncDisposable
{
    /// <summary>Between two vectors of norm 1; every side sums in its own order.</summary>
    private const float Tolerance = 1e-4f;

    private readonly List<IContender> _all = [];

    /// <summary>The host first.</summary>
    public IReadOnlyList<IContender> All => _all;

    public IEnumerable<IContender> Peers => _all.Skip(1);

    public static async Task<ContenderSet> StartAsync(StackOptions options, string models, string model, Narrator narrator, CancellationToken cancellationToken)
    {
        var set = new ContenderSet();
        try
        {
            set._all.Add(await HybridHost.StartAsync(options, "host", models, narrator, cancellationToken));
            set._all.Add(await JsonPeer.StartAspNetAsync(options, model, narrator, cancellationToken));
            if (Directory.Exists(Path.Combine(options.NodeModules, "onnxruntime-node")))
            {
                set._all.Add(await JsonPeer.StartFastifyAsync(options, model, cancellationToken));
            }
            else
            {
                narrator.Report("no Node.js peer: onnxruntime-node is not installed (npm ci, with optional packages)");
            }

            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">Two of them answer differently: then there is nothing to compare.</exception>
    public async Task CheckEqualAsync(IReadOnlyList<int[]> texts, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var text in texts)
        {
            var ours = await All[0].EmbedAsync(http, text, cancellationToken);
            foreach (var peer in Peers)
            {
                var theirs = await peer.EmbedAsync(http, text, cancellationToken);
                var apart = ours.Length == theirs.Length ? ours.Zip(theirs, (a, b) => MathF.Abs(a - b)).Max() : float.PositiveInfinity;
                if (!(apart <= Tolerance))
                {
                    throw new InvalidOperationException($"{peer.Name} and {All[0].Name} give vectors that are {apart} apart for a text of {text.Length} tokens.");
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var contender in _all)
        {
            await contender.DisposeAsync();
        }
    }
}
