using System.Globalization;
using System.Text;

namespace Hybrid.Load;

/// <summary>A request as it goes onto the wire, made once and sent many times.</summary>
public sealed class PreparedRequest
{
    private PreparedRequest(byte[] bytes, double work)
    {
        Bytes = bytes;
        Work = work;
    }

    /// <summary>What an answer to it is worth (1, or its tokens), for <see cref="LoadResult.WorkPerSecond"/>.</summary>
    public double Work { get; }

    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <param name="server">Its address; path and query are not used.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="contentType">Of the body.</param>
    /// <param name="body">The body's bytes.</param>
    /// <param name="work">See <see cref="Work"/>.</param>
    /// <param name="headers">Further headers.</param>
    public static PreparedRequest Post(
        Uri server, string path, string contentType, ReadOnlySpan<byte> body, double work = 1, params IEnumerable<KeyValuePair<string, string>> headers) =>
        Create("POST", server, path, [new("Content-Type", contentType), new("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)), .. headers], body, work);

    public static PreparedRequest Get(Uri server, string path, params IEnumerable<KeyValuePair<string, string>> headers) =>
        Create("GET", server, path, headers, [], 1);

    private static PreparedRequest Create(
        string method, Uri server, string path, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, double work)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return new PreparedRequest([.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body], work);
    }
}
