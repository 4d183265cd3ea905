namespace Hybrid.GpuHost.Tokenization;

/// <summary>Opens the tokenizer that lies in a model's folder.</summary>
public interface ITokenizerFactory
{
    /// <exception cref="InvalidDataException">It is not there, or is of a kind that is not served.</exception>
    ITextTokenizer Open(string folder);
}
