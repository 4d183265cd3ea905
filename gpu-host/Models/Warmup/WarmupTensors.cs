using System.Runtime.InteropServices;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Models.Warmup;

/// <summary>Makes the tensors of a warm-up.</summary>
internal static class WarmupTensors
{
    private const string Folder = "warmup";
    private const int Seed = 1;

    /// <param name="input">What it is to be.</param>
    /// <param name="folder">The version's.</param>
    /// <exception cref="InvalidDataException">Its file is not there, or has not what its shape needs.</exception>
    public static Tensor Make(WarmupInput input, string folder) => input.Data switch
    {
        WarmupData.File => Read(input, Path.Combine(folder, Folder, input.File!)),
        WarmupData.Random => Empty(input, FillRandomly),
        _ => Empty(input, static (_, _) => { }),
    };

    private static Tensor Read(WarmupInput input, string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"input_data_file '{input.File}' is not in the version's folder '{Folder}'.");
        }

        try
        {
            return new Tensor(input.Name, input.Type, input.Shape, File.ReadAllBytes(path)).Checked();
        }
        catch (HybridException exception)
        {
            throw new InvalidDataException($"input_data_file '{input.File}' does not fit: {exception.Message}", exception);
        }
    }

    private static Tensor Empty(WarmupInput input, Action<byte[], TensorType> fill)
    {
        var tensor = new Tensor(input.Name, input.Type, input.Shape, ReadOnlyMemory<byte>.Empty);

        // A text is a length and its bytes: four zeros are an empty one.
        var data = new byte[tensor.Count * (input.Type == TensorType.Bytes ? sizeof(int) : input.Type.Size())];
        fill(data, input.Type);
        return tensor with { Data = new(data) };
    }

    private static void FillRandomly(byte[] data, TensorType type)
    {
        var random = new Random(Seed);
        switch (type)
        {
            case TensorType.Bytes:
                break;
            case TensorType.Fp16:
                Fill(data, () => (Half)random.NextSingle());
                break;
            case TensorType.Fp32:
                Fill(data, random.NextSingle);
                break;
            case TensorType.Fp64:
                Fill(data, random.NextDouble);
                break;
            default:
                // Little-endian: the first byte of each is its lowest.
                for (var i = 0; i < data.Length; i += type.Size())
                {
                    data[i] = (byte)random.Next(2);
                }

                break;
        }
    }

    private static void Fill<T>(byte[] data, Func<T> next)
        where T : unmanaged
    {
        foreach (ref var value in MemoryMarshal.Cast<byte, T>(data.AsSpan()))
        {
            value = next();
        }
    }
}
