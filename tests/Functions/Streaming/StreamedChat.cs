using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Hybrid.Functions.Tests.Streaming;

/// <summary>A client's view of a streamed chat, line by line.</summary>
internal sealed class StreamedChat : IDisposable
{
    private readonly StreamReader _lines;

    private StreamedChat(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _lines = new StreamReader(body);
    }

    public HttpResponseMessage Response { get; }

    public static async Task<StreamedChat> AskAsync(HttpClient client, object? options = null, params (string Name, string Value)[] headers)
    {
        var body = new { model = "demo-generate", messages = new[] { new { role = "user", content = "hi" } }, stream = true, stream_options = options };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new StreamedChat(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event or comment; null: the stream's end.</summary>
    public async Task<string?> NextAsync()
    {
        var line = await _lines.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is not null && await _lines.ReadLineAsync(TestContext.Current.CancellationToken) != "")
        {
            Assert.Fail($"No empty line after: {line}");
        }

        return line;
    }

    /// <summary>All that comes, comments left out, with the one number in it that cannot be known beforehand as 0.</summary>
    public async Task<List<string>> RestAsync()
    {
        var lines = new List<string>();
        while (await NextAsync() is { } line)
        {
            if (!line.StartsWith(':'))
            {
                lines.Add(WithoutTime(line));
            }
        }

        return lines;
    }

    public void Dispose()
    {
        _lines.Dispose();
        Response.Dispose();
    }

    private static string WithoutTime(string line)
    {
        const string Name = "\"created\":";
        var at = line.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        if (at < Name.Length)
        {
            return line;
        }

        var end = line.IndexOf(',', at);
        Assert.InRange(long.Parse(line[at..end], CultureInfo.InvariantCulture), 1_700_000_000, 10_000_000_000);
        return line[..at] + "0" + line[end..];
    }

    /// <summary>The error in an event.</summary>
    public static (string? Type, string? Code) ErrorOf(string line)
    {
        var error = JsonNode.Parse(line["data: ".Length..])!["error"]!;
        return (error["type"]?.GetValue<string>(), error["code"]?.GetValue<string>());
    }
}
