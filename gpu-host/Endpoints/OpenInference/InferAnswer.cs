using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Writes an inference answer in the form that the call asked for.</summary>
public static class InferAnswer
{
    public static async Task WriteAsync(HttpResponse response, InferCall call, InferReply reply, CancellationToken cancellationToken)
    {
        var json = new ArrayBufferWriter<byte>();
        var tail = reply.Outputs.Where(output => call.IsBinary(output.Name)).ToList();
        await using (var writer = new Utf8JsonWriter(json))
        {
            Write(writer, call, reply);
        }

        response.ContentType = tail.Count > 0 ? "application/octet-stream" : MediaTypes.Json;
        response.ContentLength = json.WrittenCount + tail.Sum(output => output.Data.Length);
        if (tail.Count > 0)
        {
            response.Headers[InferCall.HeaderLength] = json.WrittenCount.ToString(CultureInfo.InvariantCulture);
        }

        await response.Body.WriteAsync(json.WrittenMemory, cancellationToken);
        foreach (var output in tail)
        {
            foreach (var piece in output.Data)
            {
                await response.Body.WriteAsync(piece, cancellationToken);
            }
        }
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
            JsonTensorData.Write(writer, output);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
