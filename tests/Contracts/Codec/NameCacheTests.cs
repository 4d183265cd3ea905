using System.Text;
using Hybrid.Contracts.Codec;

namespace Hybrid.Contracts.Tests.Codec;

public sealed class NameCacheTests
{
    private readonly NameCache _names = new();

    [Fact]
    public void Name_ThatComesAgain_IsTheSameString() => Assert.Same(Get("input_ids"), Get("input_ids"));

    [Fact]
    public void Names_LongOrBeyondAscii_AreReadAllTheSame() =>
        Assert.All(["", "žluť", new string('x', 129), "a\0b"], name => Assert.Equal(name, Get(name)));

    [Fact]
    public void Names_InUse_StayWhileAFloodOfOthersPasses()
    {
        string[] ours = [.. Enumerable.Range(0, 20).Select(i => $"model-{i}")];
        var known = Array.ConvertAll(ours, Get);

        // Ten strangers for every name that is asked for.
        var lost = 0;
        for (var round = 0; round < 2000; round++)
        {
            for (var i = 0; i < ours.Length; i++)
            {
                var name = Get(ours[i]);
                lost += ReferenceEquals(name, known[i]) ? 0 : 1;
                known[i] = name;
                for (var stranger = 0; stranger < 10; stranger++)
                {
                    Get($"stranger-{round}-{i}-{stranger}");
                }
            }
        }

        Assert.InRange(lost, 0, 2000 * 20 / 100);
    }

    [Fact]
    public void Names_FromManyThreads_AreTheirOwn() =>
        Parallel.For(0, 20_000, i => Assert.Equal($"name-{i % 3000}", Get($"name-{i % 3000}")));

    private string Get(string name) => _names.Get(Encoding.UTF8.GetBytes(name));
}
