using System.IO.Pipelines;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Budgets;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>
/// A host's reply in parts, of which the first has come. The attempt that brought it about lasts as long as it does. Disposed in its
/// midst it closes the connection, so that the host stops.
/// </summary>
internal sealed class HostStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<GenerateFrame> _frames;
    private Attempt _attempt = null!;
    private bool _isWhole;

    private HostStream(HttpResponseMessage response, Stream body, CancellationToken cancellation)
    {
        _response = response;
        _frames = Frames.ReadAsync<GenerateFrame>(PipeReader.Create(body), cancellation).GetAsyncEnumerator(cancellation);
    }

    /// <param name="response">Whose body it is; the stream's own from now on, unless this throws.</param>
    /// <param name="cancellation">The attempt's: ends every read.</param>
    /// <exception cref="InvalidDataException">The first part is not the one that begins an answer.</exception>
    public static async Task<HostStream> OpenAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var stream = new HostStream(response, await response.Content.ReadAsStreamAsync(cancellation), cancellation);
        if (!await stream._frames.MoveNextAsync())
        {
            throw new EndOfStreamException("The reply ended before its first part.");
        }

        stream.Begin = stream._frames.Current as GenerateFrame.Begin
            ?? throw new InvalidDataException($"The reply begins with a {stream._frames.Current.GetType().Name}.");
        return stream;
    }

    public GenerateFrame.Begin Begin { get; private set; } = null!;

    /// <summary>It was answered; the attempt is the stream's to end from now on.</summary>
    public void BeginAs(Attempt attempt)
    {
        _attempt = attempt;
        attempt.Began();
    }

    /// <summary>The next part.</summary>
    /// <param name="scope">The call's time.</param>
    /// <param name="call">What went with it.</param>
    /// <exception cref="HybridException">What the host said, that it broke off, or that the deadline came: there will be no more.</exception>
    public async Task<GenerateFrame> NextAsync(DeadlineCancellation scope, PoolCall call)
    {
        var outcome = await ReadAsync(scope, call);
        if (outcome.Succeeded && outcome.Reply is not GenerateFrame.End)
        {
            return outcome.Reply;
        }

        _isWhole = outcome.Succeeded;
        _attempt.End(outcome.Sign, outcome.Error?.Code);
        return outcome.Reply ?? throw new HybridException(outcome.Error!);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isWhole)
        {
            // The body's own end comes right behind the last part; once it is read, the connection can serve the next call.
            await ((Task)_frames.MoveNextAsync().AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _frames.DisposeAsync();
        _response.Dispose();
        _attempt.Dispose();
    }

    private async Task<Outcome<GenerateFrame>> ReadAsync(DeadlineCancellation scope, PoolCall call)
    {
        try
        {
            if (!await _frames.MoveNextAsync())
            {
                throw new EndOfStreamException("The reply ended before its last part.");
            }

            return _frames.Current is GenerateFrame.Failure failure
                ? (failure.Error, TransportErrors.SignOf(failure.Error))
                : _frames.Current;
        }
        catch (OperationCanceledException) when (scope.IsTimeout)
        {
            return (call.Deadline.Exceeded("The request"), HostSign.None);
        }
        catch (OperationCanceledException) when (!scope.Token.IsCancellationRequested)
        {
            return (new Error(ErrorCode.Unavailable, "A GPU host fell silent in the midst of its answer."), HostSign.Lost);
        }
        catch (Exception exception) when (TransportErrors.From(exception) is { } failure)
        {
            return failure;
        }
    }
}
