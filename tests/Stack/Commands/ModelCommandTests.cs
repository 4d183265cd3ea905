using System.Diagnostics;
using Azure.Storage.Blobs;
using Hybrid.Contracts.Models;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Tests.Publishing;

namespace Hybrid.Stack.Tests.Commands;

/// <summary>The model verbs as a person runs them, in processes of their own.</summary>
public sealed class ModelCommandTests(SharedAzurite azurite) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly VersionSource _source = new();
    private readonly DirectoryInfo _repository = Directory.CreateTempSubdirectory("hybrid-repository-");

    public void Dispose()
    {
        _source.Dispose();
        _repository.Delete(recursive: true);
    }

    [Fact]
    public async Task Verbs_InAFolder_PublishPromoteAndRollBack()
    {
        var first = await RunAsync("push", _source.Folder, "--name", "search", "--directory", _repository.FullName);
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.Contains("search/1 is published in folder", first.Output, StringComparison.Ordinal);
        Assert.Contains("5 files, 20.0 MB", first.Output, StringComparison.Ordinal);
        Assert.Contains("uploading 20.0 MB, 100 %", first.Output, StringComparison.Ordinal);

        var canary = await RunAsync("push", _source.Folder, "--name", "search", "--canary", "10", "--directory", _repository.FullName);
        Assert.Contains("It is the canary with 10 % of the traffic", canary.Output, StringComparison.Ordinal);
        Assert.Equal(["search  1 stable", "search  2 canary, 10 %"], await ListAsync());

        var promoted = await RunAsync("promote", "search", "--directory", _repository.FullName);
        Assert.StartsWith("search: stable is 2, no canary (before: stable is 1, canary is 2 with 10 %).", promoted.Output, StringComparison.Ordinal);

        var third = await RunAsync("push", _source.Folder, "--name", "search", "--version", "7", "--directory", _repository.FullName);
        Assert.Contains("Version 2 stays stable", third.Output, StringComparison.Ordinal);
        Assert.Equal(["search  1", "search  2 stable", "search  7"], await ListAsync());

        Assert.Equal(0, (await RunAsync("rollback", "search", "--directory", _repository.FullName)).Code);
        Assert.Equal(["search  1 stable", "search  2", "search  7"], await ListAsync());

        var again = await RunAsync("rollback", "search", "--directory", _repository.FullName);
        Assert.Equal(1, again.Code);
        Assert.Equal("hybrid: search: there is no canary, and no promotion to take back; name a version: 1, 2, 7.", again.Error.Trim());
    }

    [Fact]
    public async Task Push_ToTheAccountOfTheEnvironment_IsPublishedThere()
    {
        var pushed = await RunAsync("push", _source.Folder, "--name", "search", "--version", "3");
        Assert.Equal((0, ""), (pushed.Code, pushed.Error));

        var again = await RunAsync("push", _source.Folder, "--name", "search", "--version", "3");
        Assert.Equal(0, again.Code);
        Assert.Contains("already, with the same files", again.Output, StringComparison.Ordinal);

        _source.Write("config.json", "[]");
        var other = await RunAsync("push", _source.Folder, "--name", "search", "--version", "3");
        Assert.Equal(1, other.Code);
        Assert.Contains("hybrid: search/3 is published with other files (config.json)", other.Error, StringComparison.Ordinal);

        var container = new BlobContainerClient(azurite.AsideConnectionString, ModelRepositories.Container);
        var manifest = await container.GetBlobClient("search/3/manifest.json").DownloadContentAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, ModelManifest.Parse(manifest.Value.Content.ToMemory().Span).Files.Count);
    }

    [Theory]
    [InlineData("'--name' is required", "push", "{folder}", "--version", "1")]
    [InlineData("no name for a model", "push", "{folder}", "--name", "../up")]
    [InlineData("whole number from 1", "push", "{folder}", "--name", "m", "--version", "0")]
    [InlineData("--canary takes 0 to 99", "push", "{folder}", "--name", "m", "--canary", "100")]
    [InlineData("does not exist", "push", "{folder}/nowhere", "--name", "m")]
    [InlineData("Name one of", "push", "{folder}", "--name", "m", "--directory", "{folder}", "--data", "{folder}")]
    [InlineData("a number from 0", "push", "{folder}", "--name", "m", "--golden-tolerance", "-1")]
    [InlineData("no golden/NAME.request", "push", "{folder}", "--name", "m", "--golden", "--directory", "{folder}/empty")]
    [InlineData("absolute URI", "list", "--container-uri", "models")]
    [InlineData("no name for a model", "promote", "..")]
    [InlineData("--percent takes 0 to 100", "promote", "m", "--percent", "101")]
    [InlineData("No stack runs on", "list", "--data", "{folder}")]
    [InlineData("neither model.onnx", "push", "{folder}/1_Pooling", "--name", "m", "--directory", "{folder}")]
    [InlineData("the only one", "push", "{folder}", "--name", "m", "--canary", "10", "--directory", "{folder}/empty")]
    public async Task Verb_WithWhatCannotBe_SaysSoAndFails(string reason, params string[] arguments)
    {
        var (code, _, error) = await RunAsync([.. arguments.Select(argument => argument.Replace("{folder}", _source.Folder, StringComparison.Ordinal))]);

        Assert.Equal(1, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("AccountKey", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_GoldenOfWhatNoHostLoads_SaysWhyAndPublishesNothing()
    {
        _source.Write("golden/a.request", "");

        var (code, _, error) = await RunAsync("push", _source.Folder, "--name", "search", "--golden", "--directory", _repository.FullName);

        // Not a graph, as the runtime says.
        Assert.Equal(1, code);
        Assert.StartsWith("hybrid: No host will serve this folder. search/1", error, StringComparison.Ordinal);
        Assert.Contains("model.onnx", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData("push", "--name", "--version", "--canary", "--parallel", "--golden", "--golden-tolerance", "--directory", "--container-uri", "--data")]
    [InlineData("list", "--directory")]
    [InlineData("promote", "--version", "--percent")]
    [InlineData("rollback", "--version")]
    public async Task Help_OfAVerb_NamesItsOptions(string verb, params string[] options)
    {
        var (code, output, _) = await RunAsync(verb, "--help");

        Assert.Equal(0, code);
        Assert.All(options, option => Assert.Contains(option, output, StringComparison.Ordinal));
    }

    /// <summary>Model, version and label of each line.</summary>
    private async Task<string[]> ListAsync()
    {
        var (code, output, error) = await RunAsync("list", "--directory", _repository.FullName);
        Assert.Equal((0, ""), (code, error));
        return
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(line => line.Split(' ', 7, StringSplitOptions.RemoveEmptyEntries))
                .Select(cells => $"{cells[0]}  {cells[1]} {string.Join(' ', cells.Skip(5))}".TrimEnd()),
        ];
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(StackOptions.OfCheckout().Programs, "Hybrid.Stack", "release", "Hybrid.Stack.dll");
        var start = new ProcessStartInfo("dotnet", [program, "model", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AZURE_STORAGE_CONNECTION_STRING"] = azurite.AsideConnectionString;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output, await error);
    }
}
