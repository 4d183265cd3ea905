using Hybrid.Orchestrations.Dispatch;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class GpuPoolOptionsTests
{
    [Theory]
    [InlineData("http://host:1/path")]
    [InlineData("ftp://host:1")]
    [InlineData("http://user@host:1")]
    [InlineData("http://host:1/?q")]
    public async Task Options_WithAnAddressThatIsNone_NameIt(string address)
    {
        await using var pool = new TestPool([new Uri(address)]);

        var failure = Assert.Throws<OptionsValidationException>(() => pool.Pool);
        Assert.Contains(address, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_WithSeveralFaults_NameEveryOne()
    {
        var host = new Uri("http://host:1");
        await using var pool = new TestPool([host, host], null, ("GpuPool:MaxAttempts", "0"));

        var failure = Assert.Throws<OptionsValidationException>(() => pool.Get<IOptions<GpuPoolOptions>>().Value);
        Assert.Contains("2 times", failure.Message, StringComparison.Ordinal);
        Assert.Contains("MaxAttempts", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_WithoutHosts_MeanTheLocalOne()
    {
        await using var pool = new TestPool([]);

        Assert.Equal((1, 1), pool.Pool.Hosts);
    }
}
