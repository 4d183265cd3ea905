using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Hybrid.LocalHost.Durable.Tracing;

/// <summary>
/// Ids of spans that outlive a process. What is below such a span names it as its parent long before it ends, so its id follows from
/// what the database holds: every replay and every process finds the same one.
/// </summary>
internal static class SpanIds
{
    private const int HexDigits = 16;

    /// <summary>The span of an execution of an orchestration. Its id begins with 16 digits of a random GUID, of which one is never 0.</summary>
    public static ActivitySpanId Of(string executionId) => ActivitySpanId.CreateFromString(executionId.AsSpan(0, HexDigits));

    /// <summary>The span of a task that an execution asked for, from its scheduling to its result.</summary>
    public static ActivitySpanId Of(string executionId, int taskId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{executionId}\n{taskId}")), hash);
        return ActivitySpanId.CreateFromBytes(hash[..(HexDigits / 2)]);
    }

    /// <summary>Makes a span that nobody has seen yet the one of this id.</summary>
    public static void Give(Activity span, ActivitySpanId id)
    {
        // .NET chooses the ids of spans itself, and has no way to say otherwise; the Durable Task SDK sets the same two fields by reflection.
        SpanIdOf(span) = id.ToHexString();
        IdOf(span) = null;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanIdOf(Activity span);

    // The whole traceparent, put together when it is first asked for.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? IdOf(Activity span);
}
