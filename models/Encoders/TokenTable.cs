using Hybrid.Models.Tokenization;
using Hybrid.Models.Words;

namespace Hybrid.Models.Encoders;

/// <summary>What the encoders know of each token: the vector of the word that it stands for, and how much that word says.</summary>
public sealed class TokenTable
{
    private TokenTable(float[] vectors, float[] weights, int dimensions) => (Vectors, Weights, Dimensions) = (vectors, weights, dimensions);

    public int Dimensions { get; }

    /// <summary>Row-major [tokens, dimensions], unit length; zero for special tokens and punctuation.</summary>
    public float[] Vectors { get; }

    /// <summary>[tokens], 0 to 1.</summary>
    public float[] Weights { get; }

    public static TokenTable For(WordPieceVocabulary vocabulary, int dimensions)
    {
        var wordVectors = new WordVectors(dimensions);
        var lexicon = new Lexicon([.. Corpus.Passages.Select(passage => passage.Text)]);
        var vectors = new float[vocabulary.Size * dimensions];
        var weights = new float[vocabulary.Size];
        for (var id = WordPieceVocabulary.Specials.Count; id < vocabulary.Size; id++)
        {
            var word = vocabulary.Entries[id].Replace(WordPieceVocabulary.Continuation, "", StringComparison.Ordinal);
            if (!char.IsLetterOrDigit(word, 0))
                continue;
            weights[id] = lexicon.Weight(word);
            wordVectors.Of(word, lexicon.Stem(word)).CopyTo(vectors, id * dimensions);
        }

        return new TokenTable(vectors, weights, dimensions);
    }
}
