using Google.Protobuf;

namespace Hybrid.Onnx;

/// <summary>
/// Which files beside a model hold weights of it. Looks at the names only: a model of gigabytes is not read into memory for them, as
/// <see cref="ExternalTensor.ReadAll"/> has to.
/// </summary>
public static class ExternalFiles
{
    // Fields of onnx.proto.
    private const int Graph = 7;
    private const int Initializer = 5;
    private const int ExternalData = 13;
    private const int Key = 1;
    private const int Value = 2;

    /// <summary>Relative to the model's folder, as the model has them: unchecked.</summary>
    /// <exception cref="InvalidDataException">The file is no model.</exception>
    public static IReadOnlySet<string> Of(string modelPath)
    {
        try
        {
            using var input = new CodedInputStream(File.OpenRead(modelPath));
            var files = new HashSet<string>(StringComparer.Ordinal);
            Each(input, long.MaxValue, Graph, graph =>
                Each(input, graph, Initializer, tensor =>
                    Each(input, tensor, ExternalData, entry =>
                    {
                        if (Location(input, entry) is { } file)
                        {
                            files.Add(file);
                        }
                    })));
            return files;
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"{Path.GetFileName(modelPath)} is no readable model: {exception.Message}", exception);
        }
    }

    // Reads every message of that field up to the end of the one that it stands in; passes over all else.
    private static void Each(CodedInputStream input, long end, int field, Action<long> read)
    {
        while (input.Position < end && input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited))
            {
                var length = input.ReadLength();
                read(input.Position + length);
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    private static string? Location(CodedInputStream input, long end)
    {
        string? key = null;
        string? value = null;
        while (input.Position < end && input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case Key:
                    key = input.ReadString();
                    break;
                case Value:
                    value = input.ReadString();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return key == "location" ? value : null;
    }
}
