using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Tests.Dispatch;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Tests.Caching;

public sealed class CachingOptionsTests
{
    [Theory]
    [InlineData("Caching:MemoryBytes", "1")]
    [InlineData("Caching:MemoryLife", "00:00:00")]
    [InlineData("Caching:LockLife", "01:00:00")]
    [InlineData("Caching:AbsentIds:FalsePositiveRate", "1")]
    [InlineData("Caching:AbsentIds:Window", "00:01:00")]
    [InlineData("Caching:Redis:Timeout", "00:00:00")]
    [InlineData("Caching:Redis:ConnectionString", "cache.example.com:6379")]
    [InlineData("Caching:Redis:ConnectionString", "127.0.0.1:1,cache.example.com:6379")]
    [InlineData("Caching:Redis:ConnectionString", "password=only")]
    public async Task Setting_ThatIsNotAcceptable_IsRefused(string key, string value) =>
        Assert.NotEmpty(await FailuresAsync((key, value)));

    [Theory]
    [InlineData("Caching:Redis:ConnectionString", "127.0.0.1:6379")]
    [InlineData("Caching:Redis:ConnectionString", "localhost")]
    [InlineData("Caching:Redis:ConnectionString", "[::1]:6379")]
    [InlineData("Caching:Redis:ConnectionString", "cache.example.com:6380,ssl=true,password=x")]
    [InlineData("Caching:Redis:Endpoint", "redis-1.region.redis.azure.net:10000")]
    public async Task Setting_ThatIs_IsTaken(string key, string value) => Assert.Empty(await FailuresAsync((key, value)));

    [Fact]
    public async Task ConnectionString_ThatCannotBeUsed_IsNotQuoted()
    {
        var failures = await FailuresAsync(("Caching:Redis:ConnectionString", "cache.example.com,password=top-secret,ssl=maybe"));

        Assert.DoesNotContain("secret", Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoAddresses_AreOneTooMany() => Assert.Contains(
        "both",
        Assert.Single(await FailuresAsync(("Caching:Redis:ConnectionString", "localhost"), ("Caching:Redis:Endpoint", "cache.example.com:10000"))),
        StringComparison.Ordinal);

    private static async Task<IEnumerable<string>> FailuresAsync(params (string, string)[] settings)
    {
        await using var pool = new TestPool([], null, settings);
        return (Record.Exception(() => pool.Get<IOptions<CachingOptions>>().Value) as OptionsValidationException)?.Failures ?? [];
    }
}
