namespace Hybrid.Models;

/// <summary>Files that are built into this assembly.</summary>
internal static class Resource
{
    public static StreamReader Open(string name) =>
        new(typeof(Resource).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly lacks its resource '{name}'."));

    public static string Text(string name)
    {
        using var reader = Open(name);
        return reader.ReadToEnd();
    }
}
