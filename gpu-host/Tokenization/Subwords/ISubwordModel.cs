namespace Hybrid.GpuHost.Tokenization.Subwords;

/// <summary>Finds the vocabulary's tokens in words; safe for many threads.</summary>
internal interface ISubwordModel : IDisposable
{
    /// <summary>Appends the tokens of <paramref name="words"/>, in order.</summary>
    void Tokenize(IReadOnlyList<string> words, List<int> ids);
}
