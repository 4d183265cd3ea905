using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Admission;

/// <summary>
/// The size of a request, for a limiter that judges latency by it: 1 is a short text. It need not be exact; it has to keep a bulk job
/// from looking like a slow server, and the other way round.
/// </summary>
public static class WorkUnits
{
    private const double Tokens = 100;
    private const double Characters = 4 * Tokens;
    private const double TokensMade = 16;

    public static double Of(EmbedRequest request) => request.Inputs.Sum(input => AtLeastOne(((input.Text?.Length ?? 0) / Characters) + ((input.Tokens?.Count ?? 0) / Tokens)));

    public static double Of(RerankRequest request) => request.Passages.Sum(passage => AtLeastOne((request.Query.Length + passage.Length) / Characters));

    /// <summary>The most that it can become: it may be in work for so long without being slow.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxTokens">The model's length.</param>
    public static double Of(GenerateRequest request, int maxTokens) => OfTokens(request.MaxTokens == 0 ? maxTokens : request.MaxTokens);

    public static double OfTokens(int made) => 1 + (made / TokensMade);

    // A text of nothing is counted too: it has a place in the batch, or is about to be refused.
    private static double AtLeastOne(double units) => Math.Max(1, units);
}
