namespace Hybrid.GpuHost.Endpoints;

public static class RequestBody
{
    // Bodies without a Content-Length begin with this much.
    private const int UsualLength = 4096;

    /// <summary>All of the body in memory of its own. The server's limit of its size holds; how slowly it may come, too.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // A promised length is only believed as far as bytes really come.
        using var buffer = new MemoryStream((int)Math.Clamp(request.ContentLength ?? UsualLength, 0, 1 << 20));
        await request.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
