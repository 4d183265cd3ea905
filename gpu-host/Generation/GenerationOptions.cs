using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Generation;

/// <summary>How texts are generated. Section <c>Generation</c>; the names are vLLM's where it has one.</summary>
public sealed class GenerationOptions
{
    public const string Section = "Generation";

    /// <summary>Most sequences of one model in work at a time (<c>max_num_seqs</c>); each holds its keys and values in memory.</summary>
    /// <value>1 to 256; default 8: on two cores a step of a 6-layer GPT took 3.9 ms for one sequence and 7.1 ms for eight.</value>
    [Range(1, 256)]
    public int MaxSequences { get; set; } = 8;

    /// <summary>
    /// Most sequences of one model that wait for the device (<c>max_queue_size</c>); past it the executor of the prompt pipeline waits, and
    /// behind it the pipeline fills.
    /// </summary>
    /// <value>0 to 10000; default 64: eight times what is in work, out of which those of similar length are taken together.</value>
    [Range(0, 10_000)]
    public int MaxQueueSize { get; set; } = 64;

    /// <summary>Most prompt tokens computed in one run; a longer prompt takes several, between which other sequences go on.</summary>
    /// <value>16 to 65536; default 512: the graph gives logits for every position, at a vocabulary of 32000 these are 64 MB.</value>
    [Range(16, 65_536)]
    public int PrefillChunkTokens { get; set; } = 512;
}
