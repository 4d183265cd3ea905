using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;

namespace Hybrid.GpuHost.Prompting.Stages;

/// <summary>
/// Stage 2: whether the draft is legal (counts, roles and their order, empty texts, control characters), and what of it fits the
/// model, for which it is rendered and tokenized. Documents without room are left out; messages never are.
/// </summary>
internal sealed class PromptValidator(PromptFit fit, PromptingOptions options)
{
    /// <exception cref="HybridException">
    /// <see cref="ErrorCode.Unprocessable"/> or <see cref="ErrorCode.PayloadTooLarge"/>: it is not legal, or its messages do not fit; the error names the field.
    /// </exception>
    public FittedPrompt Validate(PromptDraft draft, int maxNewTokens, CancellationToken cancellationToken)
    {
        RequestLimits.CheckCount("messages", draft.Messages.Count, options.MaxMessages);
        if (draft.Documents.Count > 0)
        {
            RequestLimits.CheckCount("documents", draft.Documents.Count, options.MaxDocuments);
        }

        for (var i = 0; i < draft.Messages.Count; i++)
        {
            CheckRole(draft.Messages, i);
            CheckContent(draft.Messages[i], $"messages[{i}].content");
        }

        return fit.Fit(draft, maxNewTokens, cancellationToken);
    }

    private static void CheckRole(IReadOnlyList<PromptMessage> messages, int index)
    {
        var role = messages[index].Role;
        if (!PromptMessage.Roles.Contains(role))
        {
            throw new HybridException(ErrorCode.Unprocessable, $"A role has to be one of {string.Join(", ", PromptMessage.Roles)}.", $"messages[{index}].role");
        }

        // Later ones are what a quoted conversation would bring in.
        if (role == PromptMessage.System && index > 0 && messages[index - 1].Role != PromptMessage.System)
        {
            throw new HybridException(ErrorCode.Unprocessable, "System messages have to stand before all others.", $"messages[{index}].role");
        }
    }

    private static void CheckContent(PromptMessage message, string name)
    {
        var content = message.Content.ToString();

        // An assistant may have said nothing: a turn that was stopped at once.
        if (message.Role != PromptMessage.Assistant)
        {
            RequestLimits.NotEmpty(content, name);
        }

        if (ControlCharacters.IndexIn(content) is >= 0 and var at)
        {
            throw new HybridException(
                ErrorCode.Unprocessable,
                string.Create(CultureInfo.InvariantCulture, $"{name} has a control character (U+{(int)content[at]:X4}) at {at}."),
                name);
        }
    }
}
