using System.Text.Json;

namespace Hybrid.Infra.Tests;

/// <summary>The checkout's files that these tests read.</summary>
internal static class RepositoryFiles
{
    public static string[] BicepFiles { get; } =
        [.. Directory.EnumerateFiles(PathOf("infra"), "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public static string PathOf(string path) => Path.Combine(Repository.Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    public static JsonElement ReadJson(string path) => JsonDocument.Parse(Read(path)).RootElement;
}
