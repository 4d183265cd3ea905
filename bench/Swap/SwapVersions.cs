using Hybrid.Bench.Execute.Contenders;
using Hybrid.Models;
using Hybrid.Stack;

namespace Hybrid.Bench.Swap;

/// <summary>
/// Versions 1 and 2 of one model, of equal size and with other weights. The host serves the highest that its source holds, so to take version 2 out
/// of there is one swap, and to publish it again another.
/// </summary>
internal sealed class SwapVersions
{
    private const int Lower = 1;
    private const int Higher = 2;

    private readonly string _published;
    private readonly string _withdrawn;

    private SwapVersions(string repository, string aside)
    {
        _published = Path.Combine(repository, HybridHost.Model, $"{Higher}");
        _withdrawn = Path.Combine(aside, "withdrawn");
    }

    /// <summary>Bytes of the weights.</summary>
    public long WeightBytes => new FileInfo(Path.Combine(Highest == Higher ? _published : _withdrawn, "model.onnx_data")).Length;

    /// <summary>The version that is to be served.</summary>
    public int Highest => Directory.Exists(_published) ? Higher : Lower;

    /// <param name="repository">The host's source.</param>
    /// <param name="aside">A folder on the same disk, where a version lies that is not published.</param>
    /// <param name="narrator">Says what was written.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task<SwapVersions> WriteAsync(string repository, string aside, Narrator narrator, CancellationToken cancellationToken)
    {
        await BenchModels.WriteEncoderAsync(repository, Lower, seed: Lower, narrator, cancellationToken);
        await BenchModels.WriteEncoderAsync(repository, Higher, seed: Higher, narrator, cancellationToken);
        return new SwapVersions(repository, aside);
    }

    /// <summary>Changes what is published, in one step.</summary>
    /// <returns>The version that is to be served from now on.</returns>
    public int Swap()
    {
        if (Highest == Higher)
        {
            Directory.Move(_published, _withdrawn);
        }
        else
        {
            Directory.Move(_withdrawn, _published);
        }

        return Highest;
    }
}
