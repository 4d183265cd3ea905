namespace Hybrid.Contracts.Headers;

public static class MediaTypes
{
    /// <summary>MessagePack, as registered with IANA.</summary>
    public const string MessagePack = "application/vnd.msgpack";

    public const string Json = "application/json";
}
