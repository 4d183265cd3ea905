using System.Globalization;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Models.Budget;

/// <summary>Two models and memory for one of them, in a process of its own.</summary>
public sealed class AlternatingLoadsTests(ITestOutputHelper output) : IDisposable
{
    private const int Width = 500;
    private const int Settled = 200;
    private const int Rounds = 1000;

    private readonly TestFolder _repository = new();

    [Fact]
    public async Task Models_LoadedAndUnloadedAThousandTimes_LeaveMemoryHandlesAndThreadsFlat()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory, handles and threads are read from procfs.");
        var size = Math.Max(WeightedModel.Write(_repository, "a", 1, Width), WeightedModel.Write(_repository, "b", 2, Width));
        using var host = await HostProcess.ServeAsync(_repository.Path, "--Models:MemoryBudgetBytes", $"{size}");

        await AlternateAsync(host, Settled);
        var before = Usage.Of(host.Id);
        await AlternateAsync(host, Rounds - Settled);
        var after = Usage.Of(host.Id);

        output.WriteLine($"after {Settled} loads: {before}, after {Rounds}: {after}");

        // Of the 800 loads between, each is 1 MB of weights, and as much again in the form that the kernels want; a busy thread pool grows by some threads.
        Assert.InRange(after.Megabytes - before.Megabytes, double.NegativeInfinity, 32);
        Assert.InRange(after.Handles - before.Handles, int.MinValue, 20);
        Assert.InRange(after.Threads - before.Threads, int.MinValue, 20);
    }

    public void Dispose() => _repository.Dispose();

    private static async Task AlternateAsync(HostProcess host, int loads)
    {
        for (var i = 0; i < loads; i++)
        {
            var (name, weight) = i % 2 == 0 ? ("a", 1f) : ("b", 2f);
            using var body = new ByteArrayContent(Wire.Encode(WeightedModel.Request(name, Width)));
            using var answer = await host.Client.PostAsync(TaskRoutes.Infer, body, TestContext.Current.CancellationToken);
            answer.EnsureSuccessStatusCode();
            var reply = Wire.Decode<InferReply>(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(weight, WeightedModel.WeightOf(reply));
        }
    }

    private sealed record Usage(double Megabytes, int Handles, int Threads)
    {
        public static Usage Of(int process)
        {
            var status = File.ReadLines($"/proc/{process}/status").Select(line => line.Split(':', StringSplitOptions.TrimEntries)).ToDictionary(line => line[0], line => line[1]);
            return new Usage(
                Math.Round(int.Parse(status["VmRSS"].Split(' ')[0], CultureInfo.InvariantCulture) / 1024.0, 1),
                Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
                int.Parse(status["Threads"], CultureInfo.InvariantCulture));
        }
    }
}
