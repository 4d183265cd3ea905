using Azure.Core;
using Azure.Core.Pipeline;

namespace Hybrid.Orchestrations.Tests.Storage;

/// <summary>Counts the requests that go to storage.</summary>
internal sealed class CallCounter : HttpPipelineSynchronousPolicy
{
    private int _count;

    public int Count
    {
        get => Volatile.Read(ref _count);
        set => Volatile.Write(ref _count, value);
    }

    public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _count);
}
