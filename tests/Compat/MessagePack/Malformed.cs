using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>What has to happen to bytes that nobody honest wrote.</summary>
internal static class Malformed
{
    /// <summary>An exception with its trace is some KiB; what must not happen is memory by the sender's claim.</summary>
    private const long AllowedBytes = 64 * 1024;

    public static void Refused<T>(ReadOnlyMemory<byte> bytes, Wire.Reading<T> read)
    {
        var exception = Record.Exception(() =>
        {
            var reader = new MessagePackReader(bytes);
            read(ref reader);
        });
        Assert.True(IsRefusal(exception), $"{Convert.ToHexString(bytes.Span[..Math.Min(bytes.Length, 32)])}: {exception?.GetType().Name ?? "accepted"}");
    }

    public static void RefusedWithoutAllocation<T>(ReadOnlyMemory<byte> bytes, Wire.Reading<T> read)
    {
        Refused(bytes, read); // once before: compiling allocates too
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(bytes, read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllowedBytes + bytes.Length);
    }

    /// <summary>The stand-in has one exception for all; the package has three more for truncation, overflow and dates.</summary>
    private static bool IsRefusal(Exception? exception) => exception is MessagePackSerializationException
        || (!PackageMode.StandIns && exception is EndOfStreamException or OverflowException or ArgumentOutOfRangeException);
}
