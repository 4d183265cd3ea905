using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Hybrid.Contracts.Models;

namespace Hybrid.Infra.Tests;

/// <summary>infra/publish-model.sh with an <c>az</c> that writes down what it is asked.</summary>
public sealed class PublishModelTests : IDisposable
{
    // Answers `exists` from the container's folder, and copies uploads there.
    private const string Az = """
        #!/usr/bin/env bash
        verb=$3; shift 3
        while [ $# -gt 0 ]; do case $1 in --name) name=$2; shift ;; --file) file=$2; shift ;; esac; shift; done
        if [ "$verb" = exists ]; then [ -f "$CONTAINER/$name" ] && echo true || echo false; exit; fi
        mkdir -p "$(dirname "$CONTAINER/$name")" && cp "$file" "$CONTAINER/$name" && echo "$name" >>"$CONTAINER/uploads"
        """;

    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("hybrid-infra-");

    private string Container => Path.Combine(_work.FullName, "container");

    private string Folder => Path.Combine(_work.FullName, "export");

    public PublishModelTests()
    {
        var az = Path.Combine(_work.CreateSubdirectory("bin").FullName, "az");
        File.WriteAllText(az, Az.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Directory.CreateDirectory(Container);
        Directory.CreateDirectory(Path.Combine(Folder, "onnx"));
        File.WriteAllText(Path.Combine(Folder, "onnx", "model.onnx"), "weights");
        File.WriteAllText(Path.Combine(Folder, "config.json"), "{}");
        File.WriteAllText(Path.Combine(Folder, "manifest.json"), "an exporter's own");
        File.WriteAllText(Path.Combine(Folder, ".gitattributes"), "nothing that a host needs");
    }

    public void Dispose() => _work.Delete(recursive: true);

    [Fact]
    public void Publish_Folder_WritesAManifestThatHostsReadLast()
    {
        var (code, output) = Publish("account", Folder, "a-model", "3");

        Assert.True(code == 0, output);
        Assert.Equal(
            ["a-model/3/config.json", "a-model/3/onnx/model.onnx", "a-model/3/manifest.json"], File.ReadAllLines(Path.Combine(Container, "uploads")));
        var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(Container, "a-model", "3", "manifest.json")));
        Assert.Equal([new("config.json", 2, Sha256("{}")), new("onnx/model.onnx", 7, Sha256("weights"))], manifest.Files);
    }

    [Fact]
    public void Publish_VersionThatIsThere_ChangesNothing()
    {
        Publish("account", Folder, "a-model", "3");
        File.WriteAllText(Path.Combine(Folder, "config.json"), "{\"changed\":true}");

        var (code, output) = Publish("account", Folder, "a-model", "3");

        Assert.Equal(1, code);
        Assert.Contains("take the next number", output, StringComparison.Ordinal);
        Assert.Equal("{}", File.ReadAllText(Path.Combine(Container, "a-model", "3", "config.json")));
    }

    [Theory]
    [InlineData("../up", "1", "no name for a model")]
    [InlineData(".hidden", "1", "no name for a model")]
    [InlineData("a-model", "0", "no version")]
    [InlineData("a-model", "1.5", "no version")]
    public void Publish_BadName_IsRefused(string model, string version, string reason)
    {
        var (code, output) = Publish("account", Folder, model, version);

        Assert.Equal(1, code);
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Container));
    }

    private (int Code, string Output) Publish(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [RepositoryFiles.PathOf("infra/publish-model.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CONTAINER"] = Container;
        start.Environment["PATH"] = $"{Path.Combine(_work.FullName, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
