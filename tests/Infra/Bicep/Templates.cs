namespace Hybrid.Infra.Tests.Bicep;

/// <summary>The Bicep files of infra/, parsed once.</summary>
internal static class Templates
{
    private static readonly Lazy<IReadOnlyList<BicepFile>> Parsed = new(() => BicepParser.Parse(RepositoryFiles.BicepFiles));

    public static IReadOnlyList<BicepFile> All => Parsed.Value;

    public static BicepFile Main => Get("infra/main.bicep");

    public static BicepFile Storage => Get("infra/app/storage.bicep");

    public static BicepFile Scheduler => Get("infra/app/scheduler.bicep");

    public static BicepFile GpuHost => Get("infra/app/gpu-host.bicep");

    public static BicepFile Functions => Get("infra/app/functions.bicep");

    public static BicepFile Get(string name) => All.Single(file => file.Name == name);

    /// <summary>The file that a module stands for.</summary>
    public static BicepFile Of(BicepFile file, Module module) =>
        Get(Path.GetRelativePath(Repository.Root, Path.GetFullPath(module.Path, Path.GetDirectoryName(file.Path)!)).Replace('\\', '/'));
}
