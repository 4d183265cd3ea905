using System.Runtime.CompilerServices;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Orchestrations.Dispatch;

public sealed partial class GpuPool
{
    /// <summary>
    /// An answer in parts, as they are made: the beginning, texts, and the end. Hosts are tried until one has begun; after that there is
    /// no other try, because its words have been passed on. Who stops reading stops the host.
    /// </summary>
    /// <exception cref="HybridException">From the first part: what the last host said, or that the deadline came. Later: why there are no more parts.</exception>
    public async IAsyncEnumerable<GenerateFrame> GenerateStreamAsync(
        GenerateRequest request, PoolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var body = Wire.Encode(request);
        using var scope = call.Deadline.Cancellation(cancellation);
        await using var stream = await _dispatcher.CallAsync(
            PoolTask.GenerateStream, request.Model, call, (host, token) => _transport.OpenAsync(host, PoolTask.GenerateStream.Route, body, call, token), scope);
        yield return stream.Begin;

        GenerateFrame frame;
        do
        {
            frame = await stream.NextAsync(scope, call);
            yield return frame;
        }
        while (frame is not GenerateFrame.End);
    }
}
