using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hybrid.ModelFixtures;

/// <summary>Writes an export's files.</summary>
internal sealed class ExportFolder(string directory)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The file's path; its folder is there.</summary>
    public string File(string path)
    {
        var file = Path.Combine(directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }

    public Task WriteAsync(string path, JsonNode content, CancellationToken cancellationToken) =>
        System.IO.File.WriteAllTextAsync(File(path), content.ToJsonString(Indented), cancellationToken);
}
