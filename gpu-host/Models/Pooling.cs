namespace Hybrid.GpuHost.Models;

/// <summary>How the vectors of a text's tokens become the text's vector (sentence-transformers' pooling modes).</summary>
public enum Pooling
{
    /// <summary>Their mean, padding left out.</summary>
    Mean = 0,

    /// <summary>The first token's.</summary>
    Cls = 1,

    /// <summary>The largest value of each dimension, padding left out.</summary>
    Max = 2,

    /// <summary>The last token's, padding left out.</summary>
    LastToken = 3,

    /// <summary>The model pools by itself.</summary>
    None = 4,
}
