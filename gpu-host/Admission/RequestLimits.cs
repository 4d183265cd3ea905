using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Admission;

/// <summary>What every task checks of its texts before it works on them.</summary>
public static class RequestLimits
{
    public static string NotEmpty(string? text, string name) => string.IsNullOrWhiteSpace(text)
        ? throw new HybridException(ErrorCode.Unprocessable, $"{name} is empty.", name)
        : text;

    public static void CheckCount(string name, int count, int max)
    {
        if (count == 0)
        {
            throw new HybridException(ErrorCode.Unprocessable, $"{name} is empty.", name);
        }

        if (count > max)
        {
            throw new HybridException(ErrorCode.PayloadTooLarge, $"{count} {name} in one request; the limit is {max}.", name);
        }
    }

    public static void CheckOverflow(EncodedText text, bool truncate, int maxTokens, string name)
    {
        if (!truncate && text.Overflow > 0)
        {
            throw new HybridException(
                ErrorCode.Unprocessable, $"{name} has {text.Ids.Length + text.Overflow} tokens; the model takes {maxTokens}. Shorten it, or allow truncation.", name);
        }
    }
}
