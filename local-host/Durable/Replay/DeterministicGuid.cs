using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>GUIDs that a replay gives again: a hash of the instance, the turn's time and a counter, in the form of RFC 9562 version 8.</summary>
internal static class DeterministicGuid
{
    public static Guid Create(string instanceId, DateTime turnTime, int counter)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{instanceId}\n{turnTime.Ticks}\n{counter}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        var bytes = hash[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
