namespace Hybrid.Contracts.Tasks;

/// <summary>OpenAI's names, which OpenTelemetry has taken over.</summary>
public static class FinishReasons
{
    public static string ToName(this FinishReason reason) => reason == FinishReason.Length ? "length" : "stop";
}
