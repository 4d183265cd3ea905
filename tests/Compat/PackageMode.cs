using MessagePack;

namespace Hybrid.Compat.Tests;

/// <summary>The few answers that differ on purpose between a package and its stand-in are asked for here.</summary>
internal static class PackageMode
{
    /// <summary>The stand-in has no serializer above its reader.</summary>
    public static bool StandIns { get; } = typeof(MessagePackReader).Assembly.GetType("MessagePack.MessagePackSerializer") is null;
}
