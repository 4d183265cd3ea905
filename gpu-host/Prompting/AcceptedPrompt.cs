using Hybrid.GpuHost.Generation.Sequences;

namespace Hybrid.GpuHost.Prompting;

/// <summary>A prompt that the scheduler has taken.</summary>
/// <param name="Sequence">What becomes of it.</param>
/// <param name="Waited">Its time in the pipeline in which nobody worked on it.</param>
/// <param name="Tokenized">The time in which somebody did: from words to tokens.</param>
/// <param name="Place">Its place there; disposed before the sequence is over, it gives the sequence up.</param>
internal sealed record AcceptedPrompt(GenerationSequence Sequence, TimeSpan Waited, TimeSpan Tokenized, IDisposable Place);
