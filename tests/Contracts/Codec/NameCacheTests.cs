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

    // Where names fall is another matter in each process: many sets of names meet every way in which two can share a place.
    [Fact]
    public void Names_InUse_StayWhileAFloodOfOthersPasses() => Assert.All(Enumerable.Range(0, 100), set =>
    {
        string[] ours = [.. Enumerable.Range(0, 20).Select(i => $"model-{set}-{i}")];
        var names = new NameCache();
        var known = Array.ConvertAll(ours, name => Get(names, name));

        // Ten strangers for every name that is asked for.
        var lost = 0;
        for (var round = 0; round < 200; round++)
        {
            for (var i = 0; i < ours.Length; i++)
            {
                var name = Get(names, ours[i]);
                lost += ReferenceEquals(name, known[i]) ? 0 : 1;
                known[i] = name;
                for (var stranger = 0; stranger < 10; stranger++)
                {
                    Get(names, $"stranger-{round}-{i}-{stranger}");
                }
            }
        }

        Assert.InRange(lost, 0, 200 * 20 / 100);
    });

    [Fact]
    public void Names_FromManyThreads_AreTheirOwn() =>
        Parallel.For(0, 20_000, i => Assert.Equal($"name-{i % 3000}", Get($"name-{i % 3000}")));

    private string Get(string name) => Get(_names, name);

    private static string Get(NameCache names, string name) => names.Get(Encoding.UTF8.GetBytes(name));
}
