using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Hybrid.LocalHost.TestApp;

namespace Hybrid.LocalHost.Tests.Hosting;

/// <summary>kill -9 of a real process in the middle of its work, and a start after it.</summary>
public sealed partial class KillTests
{
    private const int Steps = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_KilledAgainAndAgain_EveryAcknowledgedInstanceEndsRight()
    {
        var folder = Directory.CreateTempSubdirectory("hybrid-kill-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "host.json"), TestHost.HostJson, Cancel);
            // A file for each run: appends of several writers to one file overwrite each other.
            var logs = Enumerable.Range(0, 4).ToDictionary(i => $"run-{i}", i => Path.Combine(folder.FullName, $"run-{i}.log"));

            using (var first = await AppProcess.StartAsync(folder.FullName))
            {
                foreach (var (id, log) in logs)
                    (await first.Http.PostAsJsonAsync($"/start/{id}", new StepsInput(Steps, log), Cancel)).EnsureSuccessStatusCode();
                await KillAfterAsync(first, logs.Values, lines: 20);
            }
            using (var second = await AppProcess.StartAsync(folder.FullName))
                await KillAfterAsync(second, logs.Values, lines: 90);
            using var third = await AppProcess.StartAsync(folder.FullName);
            foreach (var (id, log) in logs)
            {
                Assert.Equal($"Completed {Steps * (Steps + 1) / 2}", await third.Http.GetStringAsync($"/end/{id}", Cancel));
                var steps = (await File.ReadAllLinesAsync(log, Cancel)).Select(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)).ToList();
                Assert.Equal(Enumerable.Range(1, Steps), steps.Distinct());
                // At least once: a kill repeats what it cut off, and nothing else.
                Assert.InRange(steps.Count, Steps, Steps + 2);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task KillAfterAsync(AppProcess process, IReadOnlyCollection<string> logs, int lines)
    {
        while (logs.Where(File.Exists).Sum(log => File.ReadLines(log).Count()) < lines)
            await Task.Delay(2, Cancel);
        process.Kill();
    }

    private sealed partial class AppProcess : IDisposable
    {
        private readonly Process _process;

        private AppProcess(Process process, Uri address)
        {
            _process = process;
            Http = new HttpClient { BaseAddress = address };
        }

        public HttpClient Http { get; }

        public static async Task<AppProcess> StartAsync(string folder)
        {
            var start = new ProcessStartInfo("dotnet")
            {
                ArgumentList = { typeof(TestFunctions).Assembly.Location },
                RedirectStandardOutput = true,
                WorkingDirectory = folder,
                Environment =
                {
                    ["AzureWebJobsScriptRoot"] = folder,
                    ["LocalHost__Url"] = "http://127.0.0.1:0",
                    ["Durable__Database"] = Path.Combine(folder, "durable.db"),
                    ["TestFunctions__WithoutQueues"] = "true",
                },
            };
            var process = Process.Start(start)!;
            while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                if (Listening().Match(line) is not { Success: true } match)
                    continue;
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new AppProcess(process, new Uri(match.Groups[1].Value));
            }
            process.Dispose();
            throw new InvalidOperationException("The test app ended before it listened.");
        }

        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                Kill();
            _process.Dispose();
            Http.Dispose();
        }

        [GeneratedRegex(@"Now listening on: (http://\S+)")]
        private static partial Regex Listening();
    }
}
