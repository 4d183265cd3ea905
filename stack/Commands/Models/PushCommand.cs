using System.CommandLine;
using Hybrid.Contracts.Models;
using Hybrid.Models.Publishing;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Publishing.Folders;
using Hybrid.Stack.Publishing.Golden;
using Hybrid.Stack.Publishing.Labels;

namespace Hybrid.Stack.Commands.Models;

/// <summary>Publishes a folder as a version.</summary>
internal static class PushCommand
{
    private static readonly Argument<DirectoryInfo> Folder = new Argument<DirectoryInfo>("folder")
    {
        Description = "model.onnx and what belongs to it, as Optimum exports it.",
    }.AcceptExistingOnly();

    private static readonly Option<string> Name = new("--name") { Description = "The name that requests will use.", Required = true };

    private static readonly Option<int?> Version = ModelArguments.Version("The version's number (default: the one after the highest).");

    private static readonly Option<int?> Canary = new("--canary")
    {
        Description = "Make it the canary with this percentage of the traffic, 0 to 99 (0: only those reach it who ask for the canary).",
        HelpName = "PERCENT",
    };

    private static readonly Option<int> ParallelFiles = new("--parallel")
    {
        Description = "How many files are uploaded at once, 1 to 32.",
        HelpName = "FILES",
        DefaultValueFactory = _ => ModelPush.DefaultParallelFiles,
    };

    private static readonly Option<bool> Golden = new("--golden")
    {
        Description = "Have the version itself answer each golden/NAME.request that has no reply: a host is started with it here, and writes golden/NAME.reply.",
    };

    private static readonly Option<double> Tolerance = new("--golden-tolerance")
    {
        Description = "How far a number of an answer may be from that of golden/NAME.reply.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => GoldenSample.DefaultTolerance,
    };

    static PushCommand()
    {
        Tolerance.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and < double.PositiveInfinity))
            {
                result.AddError("--golden-tolerance takes a number from 0.");
            }
        });
        Name.Validators.Add(ModelArguments.IsName);
        Canary.Validators.Add(result => ModelArguments.InRange(result, 0, 99, "--canary takes 0 to 99; a version that gets all is promoted."));
        ParallelFiles.Validators.Add(result => ModelArguments.InRange(result, 1, 32, "--parallel takes 1 to 32."));
    }

    public static Command Create() => RepositoryOptions.On(
        new Command(
            "push",
            "Publish a folder as a version of a model: every file with its sha256, and last the manifest, by which hosts know that all is there. "
            + "A push that is broken off goes on at the next; a published version is never changed.")
        {
            Folder, Name, Version, Canary, ParallelFiles, Golden, Tolerance,
        },
        RunAsync);

    private static async Task RunAsync(ParseResult parsed, IModelRepository repository, CancellationToken cancellationToken)
    {
        var folder = parsed.GetRequiredValue(Folder).FullName;
        var name = parsed.GetRequiredValue(Name);
        var id = new ModelVersion(name, parsed.GetValue(Version) ?? await NextAsync(repository, name, cancellationToken));
        var labelling = new ModelLabelling(repository);
        Func<CancellationToken, Task>? tryOut = parsed.GetValue(Canary) is { } percent ? token => labelling.TryOutAsync(id, percent, token) : null;
        var push = new ModelPush(repository, parsed.GetValue(ParallelFiles));

        var (manifest, isNew) = await ConsoleProgress.ShowAsync(Console.Out, async progress =>
        {
            var files = await FolderFailures.ToldAsync($"folder {folder}", async () =>
            {
                var found = await VersionFiles.ManifestAsync(folder, progress, cancellationToken);
                var answered = parsed.GetValue(Golden) ? await GoldenReplies.AddAsync(folder, found, id, progress, cancellationToken) : found;
                var declared = await GoldenFiles.DeclareAsync(folder, answered, parsed.GetValue(Tolerance), cancellationToken);
                return declared.Golden is not null || !parsed.GetValue(Golden) ? declared : throw new StackException("The folder has no golden/NAME.request to be answered.");
            });
            return (files, await push.PushAsync(folder, files, id, replace: false, tryOut, progress, cancellationToken));
        });

        Console.WriteLine(isNew
            ? $"{id} is published in {repository.Name}: {manifest.Files.Count} files, {Megabytes.Text(manifest.Files.Sum(file => file.Size))}."
            : $"{id} is in {repository.Name} already, with the same files.");
        Console.WriteLine(Serving(id, (await repository.LabelsAsync(name, cancellationToken)).Labels));
    }

    // What was broken off before its manifest keeps its number, so that the same call goes on with it.
    private static async Task<int> NextAsync(IModelRepository repository, string model, CancellationToken cancellationToken) =>
        (await repository.ListAsync(model, cancellationToken)).Where(version => version.IsPublished).Select(version => version.Id.Version).DefaultIfEmpty(0).Max() + 1;

    private static string Serving(ModelVersion id, ModelLabels? labels) => labels switch
    {
        { Canary: { } canary } when canary == id.Version =>
            $"It is the canary with {labels.CanaryPercent} % of the traffic. ./hybrid model promote {id.Model} makes it stable, ./hybrid model rollback {id.Model} takes it back.",
        { Stable: { } stable } when stable != id.Version =>
            $"Version {stable} stays stable. ./hybrid model promote {id.Model} --version {id.Version} makes this one so.",
        _ => "Hosts serve the highest version when they look the next time, unless their version policy says otherwise.",
    };
}
