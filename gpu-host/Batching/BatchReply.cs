namespace Hybrid.GpuHost.Batching;

/// <summary>The results of one request and where its time went. Dispose it when they are read: what holds them is then used again.</summary>
public readonly struct BatchReply<TResult> : IDisposable
{
    private readonly IBatchReplySource<TResult> _source;
    private readonly short _version;

    internal BatchReply(IBatchReplySource<TResult> source, short version)
    {
        _source = source;
        _version = version;
    }

    /// <summary>In the order of the request's items; they are the caller's from now on, leases too.</summary>
    public ReadOnlySpan<TResult> Results => _source.Results;

    /// <summary>From the queue's door until the device began on the first of them.</summary>
    public TimeSpan Queued => _source.Queued;

    /// <summary>The device's time on the batches that they were in, theirs and others'.</summary>
    public TimeSpan Computed => _source.Computed;

    public void Dispose() => _source.GiveBack(_version);
}

/// <summary>What a reply is read from.</summary>
internal interface IBatchReplySource<TResult>
{
    ReadOnlySpan<TResult> Results { get; }

    TimeSpan Queued { get; }

    TimeSpan Computed { get; }

    /// <summary>The reply of this version is read. Nothing happens the second time.</summary>
    void GiveBack(short version);
}
