namespace Hybrid.GpuHost.Prompting.Stages;

/// <summary>
/// Stage 3: puts the host's system message before a conversation that brings none. Only a message of the role system counts as one:
/// nothing that a user writes passes for it.
/// </summary>
internal sealed class PromptInjector(SystemMessage system, PromptFit fit)
{
    public FittedPrompt Inject(FittedPrompt prompt, CancellationToken cancellationToken)
    {
        var draft = system.AddTo(prompt.Draft);
        return ReferenceEquals(draft, prompt.Draft) ? prompt : fit.Renew(prompt, draft, cancellationToken);
    }
}
