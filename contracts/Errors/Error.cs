namespace Hybrid.Contracts.Errors;

/// <summary>An error as it crosses a wire.</summary>
/// <param name="Code">What went wrong, for programs.</param>
/// <param name="Message">What went wrong and the way out, for people. Never holds a secret or a path.</param>
/// <param name="Param">The field or thing at fault, e.g. <c>input[3]</c> or the stage whose budget ended.</param>
/// <param name="RetryAfter">How long to wait before another try is worth it; null when waiting does not help.</param>
public sealed partial record Error(ErrorCode Code, string Message, string? Param = null, TimeSpan? RetryAfter = null);
