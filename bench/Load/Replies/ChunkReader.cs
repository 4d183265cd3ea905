namespace Hybrid.Load.Replies;

/// <summary>Finds the end of a chunked body: chunks of a size in hexadecimal, an empty one last, then trailers up to an empty line.</summary>
internal sealed class ChunkReader
{
    private Step _step;
    private long _left;
    private int _digits;

    private enum Step
    {
        Size,
        Extension,
        Data,
        DataEnd,
        TrailerStart,
        Trailer,
    }

    public void Reset() => (_step, _left, _digits) = (Step.Size, 0, 0);

    public ReplyProgress Read(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (_step == Step.Data)
            {
                var taken = (int)Math.Min(_left, bytes.Length - at);
                at += taken;
                _left -= taken;
                _step = _left == 0 ? Step.DataEnd : Step.Data;
                continue;
            }

            var isEnd = Take(bytes[at++], out var isMalformed);
            if (isMalformed || (isEnd && at < bytes.Length))
            {
                return ReplyProgress.Malformed;
            }

            if (isEnd)
            {
                return ReplyProgress.Complete;
            }
        }

        return ReplyProgress.Partial;
    }

    private bool Take(byte value, out bool isMalformed)
    {
        isMalformed = false;
        switch (_step)
        {
            case Step.Size when char.IsAsciiHexDigit((char)value) && _digits < 15:
                _left = (_left * 16) + HexDigit(value);
                _digits++;
                break;
            case Step.Size when value is (byte)';' or (byte)' ' or (byte)'\r' && _digits > 0:
                _step = Step.Extension;
                break;
            case Step.Extension when value == '\n':
                _step = _left == 0 ? Step.TrailerStart : Step.Data;
                _digits = 0;
                break;
            case Step.Extension or Step.Trailer when value != '\n':
            case Step.DataEnd or Step.TrailerStart when value == '\r':
                break;
            case Step.DataEnd when value == '\n':
                _step = Step.Size;
                break;
            case Step.TrailerStart when value == '\n':
                return true;
            case Step.TrailerStart:
                _step = Step.Trailer;
                break;
            case Step.Trailer:
                _step = Step.TrailerStart;
                break;
            default:
                isMalformed = true;
                break;
        }

        return false;
    }

    private static int HexDigit(byte value) => value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10;
}
