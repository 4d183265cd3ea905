using System.Diagnostics;
using System.Text.Json;

namespace Hybrid.Infra.Tests.Bicep;

/// <summary>Runs tree-sitter's Bicep grammar, which npm carries, over files.</summary>
internal static class BicepParser
{
    public static IReadOnlyList<BicepFile> Parse(params IEnumerable<string> paths)
    {
        var start = new ProcessStartInfo("node", [RepositoryFiles.PathOf("tests/Infra/Bicep/parse.mjs"), .. paths])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var errors = node.StandardError.ReadToEndAsync();
        var json = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return node.ExitCode == 0
            ? [.. JsonDocument.Parse(json, new() { MaxDepth = 1024 }).RootElement.EnumerateArray().Select(ToFile)]
            : throw new InvalidOperationException($"The parser failed (are the npm packages installed?): {errors.GetAwaiter().GetResult()}");
    }

    private static BicepFile ToFile(JsonElement file)
    {
        var path = file.GetProperty("file").GetString()!;
        var source = File.ReadAllText(path);
        string[] faults = [.. file.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()!)];
        return new BicepFile(path, faults, ToNode(file.GetProperty("root"), source));
    }

    private static SyntaxNode ToNode(JsonElement node, string source)
    {
        var (start, end) = (node[1].GetInt32(), node[2].GetInt32());
        var children = node[3].EnumerateArray().Select(child => ToNode(child, source)).Where(child => child.Kind is not ("comment" or "diagnostic_comment"));
        return new SyntaxNode(node[0].GetString()!, source[start..end], source.AsSpan(0, start).Count('\n') + 1, [.. children]);
    }
}
