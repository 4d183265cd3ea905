namespace Hybrid.Contracts.Headers;

public static class MediaTypes
{
    /// <summary>MessagePack, as registered with IANA.</summary>
    public const string MessagePack = "application/vnd.msgpack";

    /// <summary>MessagePack values one after another, each behind its length (<see cref="Codec.Frames"/>): a stream of parts of one answer.</summary>
    public const string MessagePackFrames = "application/vnd.hybrid.msgpack-frames";

    public const string Json = "application/json";
}
