using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Hybrid.Load.Replies;

/// <summary>How far a reply has come.</summary>
internal enum ReplyProgress
{
    /// <summary>More bytes must come.</summary>
    Partial,

    Complete,

    /// <summary>It is not HTTP/1.1, or not as this reader understands it; the connection is of no use any more.</summary>
    Malformed,
}

/// <summary>
/// Finds out where an HTTP/1.1 reply ends, from its bytes in pieces of any size: by Content-Length, by chunks, or with the connection.
/// Bodies are skipped, not kept; nothing is allocated.
/// </summary>
internal sealed class ReplyReader
{
    /// <summary>Longest head in bytes; Kestrel and Node.js send some 200.</summary>
    private const int MaxHead = 16 * 1024;

    private const long UntilClose = long.MaxValue;

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\n"u8);

    private readonly byte[] _head = new byte[MaxHead];
    private readonly ChunkReader _chunks = new();
    private int _headLength;
    private bool _inBody;
    private bool _isChunked;
    private long _left;

    public int Status { get; private set; }

    /// <summary>The server closes the connection behind this reply.</summary>
    public bool Closes { get; private set; }

    /// <summary>Whether any byte of the reply has come.</summary>
    public bool HasBegun => _headLength > 0 || _inBody;

    /// <summary>Makes ready for the next reply.</summary>
    public void Reset()
    {
        _headLength = 0;
        _inBody = false;
        _chunks.Reset();
    }

    /// <summary>Takes the next bytes of the reply.</summary>
    public ReplyProgress Read(ReadOnlySpan<byte> bytes)
    {
        while (!_inBody)
        {
            var head = TakeHead(ref bytes, out var isPartial);
            if (isPartial)
            {
                return ReplyProgress.Partial;
            }

            if (!TryReadHead(head))
            {
                return ReplyProgress.Malformed;
            }

            _headLength = 0;
            // 1xx announce the reply, they are not it.
            _inBody = Status >= 200;
        }

        return ReadBody(bytes);
    }

    /// <summary>The server closed the connection.</summary>
    public ReplyProgress End() => _inBody && !_isChunked && _left == UntilClose ? ReplyProgress.Complete : ReplyProgress.Malformed;

    private ReplyProgress ReadBody(ReadOnlySpan<byte> bytes)
    {
        if (_isChunked)
        {
            return _chunks.Read(bytes);
        }

        if (_left == UntilClose)
        {
            return ReplyProgress.Partial;
        }

        // More than was announced: nothing was asked for that it could answer.
        _left -= bytes.Length;
        return _left == 0 ? ReplyProgress.Complete : _left > 0 ? ReplyProgress.Partial : ReplyProgress.Malformed;
    }

    /// <summary>The head without its empty line, from the bytes themselves when they hold all of it.</summary>
    private ReadOnlySpan<byte> TakeHead(ref ReadOnlySpan<byte> bytes, out bool isPartial)
    {
        isPartial = false;
        if (_headLength == 0 && bytes.IndexOf("\r\n\r\n"u8) is var end and >= 0)
        {
            var head = bytes[..(end + 2)];
            bytes = bytes[(end + 4)..];
            return head;
        }

        var begin = Math.Max(0, _headLength - 3);
        var taken = Math.Min(bytes.Length, MaxHead - _headLength);
        bytes[..taken].CopyTo(_head.AsSpan(_headLength));
        var length = _headLength + taken;
        if (_head.AsSpan(begin, length - begin).IndexOf("\r\n\r\n"u8) is var found and >= 0)
        {
            var headEnd = begin + found + 4;
            bytes = bytes[(headEnd - _headLength)..];
            return _head.AsSpan(0, headEnd - 2);
        }

        _headLength = length;
        // A head that fills the buffer is read as it is, and found malformed.
        isPartial = length < MaxHead;
        return default;
    }

    private bool TryReadHead(ReadOnlySpan<byte> head)
    {
        // "HTTP/1.1 200 …"
        if (head.Length < 12 || !head.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var read) || read != 3)
        {
            return false;
        }

        Status = status;
        Closes = head[7] == (byte)'0';
        _isChunked = false;
        _left = status is 204 or 304 ? 0 : UntilClose;
        var rest = head[(head.IndexOfAny(LineEnds) + 1)..];
        while (rest.IndexOfAny(LineEnds) is var end and >= 0)
        {
            if (!TryReadHeader(rest[..end]))
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        Closes |= _left == UntilClose && !_isChunked;
        return true;
    }

    private bool TryReadHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t\r"u8);
        switch (name.Length)
        {
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                return Utf8Parser.TryParse(value, out _left, out var read) && read == value.Length && _left >= 0;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                return _isChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
            case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                Closes |= Ascii.EqualsIgnoreCase(value, "close"u8);
                return true;
            default:
                return true;
        }
    }
}
