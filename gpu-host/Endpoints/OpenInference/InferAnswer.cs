using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Writes an inference answer in the form that the call asked for.</summary>
public static class InferAnswer
{
    // So much may wait in the server's memory before a slow client is waited for.
    private const int FlushAt = 64 * 1024;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask WriteAsync(HttpResponse response, InferCall call, InferReply reply, CancellationToken cancellationToken)
    {
        // Its length goes before it, and a value that JSON cannot say is known only when all was written.
        using var json = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(json))
        {
            Write(writer, call, reply);
        }

        var (body, binary) = (response.BodyWriter, BinaryLengthOf(call, reply));
        response.ContentType = binary is null ? MediaTypes.Json : "application/octet-stream";
        response.ContentLength = json.Length + (binary ?? 0);
        if (binary is not null)
        {
            response.Headers[InferCall.HeaderLength] = json.Length.ToString(CultureInfo.InvariantCulture);
        }

        body.Write(json.Span);
        foreach (var output in reply.Outputs)
        {
            if (!call.IsBinary(output.Name))
            {
                continue;
            }

            // From where the run left it to where the server sends it from: one copy.
            foreach (var piece in output.Data)
            {
                for (var rest = piece; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, FlushAt)..])
                {
                    body.Write(rest.Span[..Math.Min(rest.Length, FlushAt)]);
                    if (body.UnflushedBytes >= FlushAt)
                    {
                        await body.FlushAsync(cancellationToken);
                    }
                }
            }
        }

        await body.FlushAsync(cancellationToken);
    }

    /// <summary>Bytes behind the JSON; null: none of the outputs goes there.</summary>
    private static long? BinaryLengthOf(InferCall call, InferReply reply)
    {
        long? length = null;
        foreach (var output in reply.Outputs)
        {
            if (call.IsBinary(output.Name))
            {
                length = (length ?? 0) + output.Data.Length;
            }
        }

        return length;
    }

    private static void Write(Utf8JsonWriter writer, InferCall call, InferReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name", reply.Model);
        writer.WriteString("model_version", reply.Version.ToString(CultureInfo.InvariantCulture));
        if (call.Id is not null)
        {
            writer.WriteString("id", call.Id);
        }

        writer.WriteStartArray("outputs");
        foreach (var output in reply.Outputs)
        {
            Write(writer, output, call.IsBinary(output.Name));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Tensor output, bool binary)
    {
        writer.WriteStartObject();
        writer.WriteString("name", output.Name);
        writer.WriteString("datatype", output.Type.ToName());
        writer.WriteStartArray("shape");
        foreach (var dimension in output.Shape)
        {
            writer.WriteNumberValue(dimension);
        }

        writer.WriteEndArray();
        if (binary)
        {
            writer.WriteStartObject("parameters");
            writer.WriteNumber("binary_data_size", output.Data.Length);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray("data");
            JsonTensorWriter.Write(writer, output);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
