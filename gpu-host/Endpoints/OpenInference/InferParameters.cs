using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Batching;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>The <c>parameters</c> of a request, an input or an output that mean something here; others are a client's own and passed over.</summary>
/// <param name="BinaryDataSize">Binary tensor extension, of an input: its bytes behind the JSON.</param>
/// <param name="BinaryData">Binary tensor extension, of an output: whether it is wanted as bytes.</param>
/// <param name="BinaryDataOutput">Binary tensor extension, of a request: whether all outputs are.</param>
/// <param name="Schedule">Schedule policy extension, of a request: <c>priority</c> and <c>timeout</c>.</param>
internal readonly record struct InferParameters(long? BinaryDataSize, bool? BinaryData, bool? BinaryDataOutput, RequestSchedule Schedule)
{
    // A day, longer than any request may take: whoever says more means that there is no limit.
    private const long MaxTimeoutMicroseconds = 24L * 60 * 60 * 1_000_000;

    public static InferParameters Read(ref Utf8JsonReader reader)
    {
        InferParameters read = default;
        for (reader.BeginObject("parameters"); reader.NextField();)
        {
            if (reader.ValueTextEquals("binary_data_size"u8))
            {
                read = read with { BinaryDataSize = Number(ref reader, "binary_data_size") };
            }
            else if (reader.ValueTextEquals("binary_data"u8))
            {
                read = read with { BinaryData = Flag(ref reader) };
            }
            else if (reader.ValueTextEquals("binary_data_output"u8))
            {
                read = read with { BinaryDataOutput = Flag(ref reader) };
            }
            else if (reader.ValueTextEquals("priority"u8))
            {
                read = read with { Schedule = read.Schedule with { Priority = (int)Math.Min(Number(ref reader, "priority"), int.MaxValue) } };
            }
            else if (reader.ValueTextEquals("timeout"u8))
            {
                read = read with { Schedule = read.Schedule with { TimeoutMicroseconds = Math.Min(Number(ref reader, "timeout"), MaxTimeoutMicroseconds) } };
            }
            else
            {
                reader.Skip();
            }
        }

        return read;
    }

    private static bool Flag(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetBoolean();
    }

    private static long Number(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0
            ? number
            : throw new HybridException(ErrorCode.InvalidRequest, $"The parameter '{name}' is no whole number from 0.", name);
    }
}
