using System.Text.RegularExpressions;
using Hybrid.Contracts.Errors;
using Microsoft.DurableTask;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>An <see cref="Error"/> as one line of text: <c>code(param): message</c>.</summary>
public static partial class FailureText
{
    public static string Write(Error error) =>
        $"{error.Code.ToName()}({error.Param}): {error.Message.ReplaceLineEndings(" ")}";

    /// <summary>
    /// The error in a failure or in one that caused it. A failure that is none of ours becomes <see cref="ErrorCode.Internal"/>
    /// without its text: exceptions' messages are for logs.
    /// </summary>
    public static Error Read(TaskFailureDetails? failure)
    {
        for (; failure is not null; failure = failure.InnerFailure)
        {
            if (TryRead(failure.ErrorMessage) is { } error)
            {
                return error;
            }
        }

        return new Error(ErrorCode.Internal, "A step failed; the log has the details.");
    }

    private static readonly Dictionary<string, ErrorCode> Codes = Enum.GetValues<ErrorCode>().ToDictionary(code => code.ToName());

    private static Error? TryRead(string? text) =>
        text is not null && Line().Match(text) is { Success: true } match && Codes.TryGetValue(match.Groups["code"].Value, out var code)
            ? new Error(code, match.Groups["message"].Value, match.Groups["param"].Value is { Length: > 0 } param ? param : null)
            : null;

    [GeneratedRegex(@"(?<![a-z_])(?<code>[a-z_]+)\((?<param>[^()]*)\): (?<message>[^\r\n]*)")]
    private static partial Regex Line();
}
