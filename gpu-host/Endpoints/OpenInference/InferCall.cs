using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Batching;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>An inference request as the protocol has it.</summary>
/// <param name="Id">The client's own name for it, given back.</param>
/// <param name="Inputs">The tensors; those that came as bytes lie where the body lies.</param>
/// <param name="Outputs">What is wanted, in order; empty: everything.</param>
/// <param name="BinaryOutputs">Whether an output that says nothing of its form comes as bytes.</param>
/// <param name="Schedule">How it wants to wait.</param>
public sealed record InferCall(
    string? Id, IReadOnlyList<Tensor> Inputs, IReadOnlyList<InferCall.Output> Outputs, bool BinaryOutputs, RequestSchedule Schedule = default)
{
    /// <summary>Length of the JSON before the bytes of the binary tensor extension.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";

    public IReadOnlyList<string> OutputNames => [.. Outputs.Select(output => output.Name)];

    /// <summary>Whether this output goes behind the JSON.</summary>
    public bool IsBinary(string output)
    {
        foreach (var wanted in Outputs)
        {
            if (wanted.Name == output)
            {
                return wanted.Binary ?? BinaryOutputs;
            }
        }

        return BinaryOutputs;
    }

    /// <summary>An output that is wanted.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Binary">As bytes or as JSON; null: as the request says for all.</param>
    public readonly record struct Output(string Name, bool? Binary);
}
