using System.Collections.Concurrent;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Lifecycle;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>Clients of a host that ask one request after the other. No request may fail, and every answer has to be that of the version it names.</summary>
internal sealed class Callers : IAsyncDisposable
{
    private static readonly byte[] Request = Wire.Encode(VersionedModel.Request(0));

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, bool> _versions = [];
    private readonly HttpClient _host;
    private readonly Task[] _callers;
    private int _answers;

    public Callers(HttpClient host)
    {
        _host = host;
        _callers = [Task.Run(AskAsync), Task.Run(AskAsync)];
    }

    /// <summary>Versions that have answered.</summary>
    public IEnumerable<int> Versions => _versions.Keys.Order();

    /// <summary>Returns when 100 more requests were answered.</summary>
    public async Task GoOnAsync()
    {
        var enough = Volatile.Read(ref _answers) + 100;
        await UntilAsync(() => Volatile.Read(ref _answers) >= enough);
    }

    /// <summary>Returns when a version has answered.</summary>
    public Task AreAnsweredByAsync(int version) => UntilAsync(() => _versions.ContainsKey(version));

    /// <summary>Fails if any request did.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        _stop.Dispose();
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        await Eventually.IsTrueAsync(() => condition() || _callers.Any(caller => caller.IsFaulted));
        await Task.WhenAll(_callers.Where(caller => caller.IsFaulted));
    }

    private async Task AskAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var content = new ByteArrayContent(Request);
            using var response = await _host.PostAsync(TaskRoutes.Infer, content, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode} after {_answers} answers");
            var reply = Wire.Decode<InferReply>(body);
            Assert.Equal(reply.Version, VersionedModel.NumberOf(reply));
            _versions[reply.Version] = true;
            Interlocked.Increment(ref _answers);
        }
    }
}
