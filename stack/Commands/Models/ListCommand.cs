using System.CommandLine;
using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Publishing.Labels;

namespace Hybrid.Stack.Commands.Models;

/// <summary>Shows what is published, and which version has which label.</summary>
internal static class ListCommand
{
    private static readonly Argument<string?> Name = ModelArguments.OptionalName();

    public static Command Create() => RepositoryOptions.On(
        new Command("list", "Show the versions that are published, their sizes and labels.") { Name }, RunAsync);

    private static async Task RunAsync(ParseResult parsed, IModelRepository repository, CancellationToken cancellationToken)
    {
        var versions = await repository.ListAsync(parsed.GetValue(Name), cancellationToken);
        if (versions.Count == 0)
        {
            Console.WriteLine($"No version is published in {repository.Name}.");
            return;
        }

        var width = versions.Max(version => version.Id.Model.Length);
        Console.WriteLine($"{"model".PadRight(width)}  version  files       size  label");
        foreach (var model in versions.GroupBy(version => version.Id.Model))
        {
            var label = await LabelAsync(repository, model.Key, [.. model.Where(version => version.IsPublished).Select(version => version.Id.Version)], cancellationToken);
            foreach (var version in model)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.Key.PadRight(width)}  {version.Id.Version,7}  {version.Files,5}  {Megabytes.Text(version.Bytes),9}  {label(version)}").TrimEnd());
            }
        }
    }

    private static async Task<Func<StoredVersion, string>> LabelAsync(
        IModelRepository repository, string model, IReadOnlyList<int> published, CancellationToken cancellationToken)
    {
        try
        {
            var labels = (await repository.LabelsAsync(model, cancellationToken)).Labels ?? new ModelLabels();
            var stable = LabelChanges.StableOf(labels, published);
            return version => !version.IsPublished ? "(upload not finished)"
                : version.Id.Version == stable ? "stable"
                : version.Id.Version == labels.Canary ? $"canary, {labels.CanaryPercent} %"
                : "";
        }
        catch (HybridException exception) when (exception.Error.Code == ErrorCode.Unprocessable)
        {
            // One bad document must not hide everything else.
            return _ => exception.Message;
        }
    }
}
