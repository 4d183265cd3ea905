using Hybrid.Load;

namespace Hybrid.Bench.Execute.Contenders;

/// <summary>A server of embeddings as a process of its own.</summary>
internal interface IContender : IAsyncDisposable
{
    string Name { get; }

    Uri Url { get; }

    /// <summary>Its process.</summary>
    int ProcessId { get; }

    /// <summary>Numbers of connections that are tried, of which the best is kept: each server is to show its best.</summary>
    IReadOnlyList<int> Connections { get; }

    /// <summary>A request for one text's embedding.</summary>
    PreparedRequest Request(int[] tokens);

    /// <summary>The embedding of one text, asked over HTTP.</summary>
    Task<float[]> EmbedAsync(HttpClient http, int[] tokens, CancellationToken cancellationToken);
}
