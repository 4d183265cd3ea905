using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.ModelFixtures;

namespace Hybrid.GpuHost.Tests.Generation;

/// <summary>A GPT-2 folder as Optimum leaves it, served unchanged: no chat template, external data, an end token.</summary>
public sealed class HubDecoderTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        await HuggingFaceFixtures.WriteDecoderAsync(_folder.Combine("gpt2"), CancellationToken.None);
        _host = await TestHost.ServeAsync(_folder.Path, new("Generation:MaxSequences", "2"), new("Generation:MaxQueueSize", "2"), new("Prompting:Capacity", "1"),
            new("Admission:Adaptive:LatencyFloor", "00:10:00"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Generate_Greedily_IsTheSameEachTimeAndUsesTheModelsLength()
    {
        var first = await GenerateAsync(new Sampling());
        var second = await GenerateAsync(new Sampling());

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(HuggingFaceFixtures.MaxPositions, first.PromptTokens + first.CompletionTokens);
        Assert.Equal(FinishReason.Length, first.FinishReason);
    }

    [Fact]
    public async Task Generate_Sampled_TheSeedDecides()
    {
        var first = await GenerateAsync(new Sampling(Temperature: 1, Seed: 1));
        var again = await GenerateAsync(new Sampling(Temperature: 1, Seed: 1));
        var other = await GenerateAsync(new Sampling(Temperature: 1, Seed: 2));

        Assert.Equal(first.Text, again.Text);
        Assert.NotEqual(first.Text, other.Text);
    }

    [Fact]
    public async Task Generate_MoreThanThereIsRoomFor_WaitsAndIsAnswered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => GenerateAsync(new Sampling())));

        Assert.Single(answers.Select(answer => answer.Text).Distinct());
    }

    private Task<GenerateReply> GenerateAsync(Sampling sampling) => _host.PostAsync<GenerateRequest, GenerateReply>(
        TaskRoutes.Generate, new GenerateRequest("gpt2", [new ChatMessage("user", "What is a batch?")], [], 0, [], sampling));
}
