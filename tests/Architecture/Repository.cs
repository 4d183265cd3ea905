using System.Xml.Linq;

namespace Hybrid.Architecture.Tests;

/// <summary>The checkout's projects and sources, as files.</summary>
internal static class Repository
{
    private static readonly string[] Ignored = ["artifacts", "node_modules", "bin", "obj", ".git", ".hybrid"];

    public static string Root { get; } = FindRoot();

    /// <summary>Project name → the names of the projects that it refers to.</summary>
    public static IReadOnlyDictionary<string, string[]> References { get; } = Files(Root, "*.csproj")
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, ReferencesOf);

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder).Where(path => !Ignored.Contains(Path.GetFileName(path))).SelectMany(path => Files(path, pattern)));

    private static string[] ReferencesOf(string project) =>
    [
        .. XDocument.Load(project).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include"))!.Replace('\\', '/'))),
    ];

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
