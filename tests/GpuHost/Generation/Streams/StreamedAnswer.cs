using System.IO.Pipelines;
using System.Net;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Tests.Generation.Streams;

/// <summary>A client's view of a streamed answer.</summary>
internal sealed class StreamedAnswer : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<GenerateFrame> _frames;

    private StreamedAnswer(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _frames = Frames.ReadAsync<GenerateFrame>(PipeReader.Create(body)).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    public static async Task<StreamedAnswer> OpenAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(MediaTypes.MessagePackFrames, response.Content.Headers.ContentType?.MediaType);
        return new StreamedAnswer(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next frame; null: the answer's end.</summary>
    public async Task<GenerateFrame?> NextAsync() => await _frames.MoveNextAsync() ? _frames.Current : null;

    public async Task<List<GenerateFrame>> RestAsync()
    {
        var frames = new List<GenerateFrame>();
        while (await NextAsync() is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    public async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync();
        _response.Dispose();
    }
}
