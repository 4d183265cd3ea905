using System.Text.Json;

namespace Hybrid.Infra.Tests;

/// <summary>The checkout's files that these tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string[] BicepFiles { get; } =
        [.. Directory.EnumerateFiles(PathOf("infra"), "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    public static JsonElement ReadJson(string path) => JsonDocument.Parse(Read(path)).RootElement;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Hybrid.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No Hybrid.sln above the tests.");
        }

        return folder.FullName;
    }
}
