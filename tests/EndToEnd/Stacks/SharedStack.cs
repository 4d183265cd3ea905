using Hybrid.Stack.Calls;

[assembly: AssemblyFixture(typeof(Hybrid.EndToEnd.Tests.Stacks.SharedStack))]

namespace Hybrid.EndToEnd.Tests.Stacks;

/// <summary>One stack with the handbook in it, for all tests that break nothing.</summary>
public sealed class SharedStack : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    public LocalStack Stack { get; private set; } = null!;

    public ApiCalls Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var narrator = new Narrator(Console.Error);
        Stack = await LocalStack.StartAsync(_folder.Options, narrator, CancellationToken.None);
        Api = new ApiCalls(Stack.LocalHost.Url, Stack.ApiKey);
        await Handbook.IndexAsync(Api, narrator, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Stack.DisposeAsync();
        var errors = _folder.ErrorLines().ToArray();
        _folder.Dispose();
        Assert.Empty(errors);
    }
}
