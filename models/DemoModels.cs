using Hybrid.Models.Encoders;
using Hybrid.Models.Induction;
using Hybrid.Models.Publishing;

namespace Hybrid.Models;

/// <summary>The three models of the demo. They are constructed from the corpus, not trained, so equal sources make equal bytes.</summary>
public static class DemoModels
{
    private const int Version = 1;

    private static readonly (string Name, Func<VersionFolder, CancellationToken, Task> WriteAsync)[] All =
    [
        (EmbedModel.Name, EmbedModel.WriteAsync),
        (RerankModel.Name, RerankModel.WriteAsync),
        (GenerateModel.Name, GenerateModel.WriteAsync),
    ];

    /// <summary>Their names, in the order of a request's stages.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(model => model.Name)];

    /// <summary>Writes version 1 of each below <paramref name="directory"/>, and its manifest last; what is there already is replaced.</summary>
    /// <param name="directory">A model repository; made if it is not there.</param>
    /// <param name="progress">One line per model.</param>
    /// <param name="cancellationToken">Stops the writing; the model in work then has no manifest.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static async Task WriteAsync(string directory, IProgress<string> progress, CancellationToken cancellationToken)
    {
        foreach (var (name, writeAsync) in All)
            await VersionFolder.PublishAsync(directory, name, Version, writeAsync, progress, cancellationToken).ConfigureAwait(false);
    }
}
