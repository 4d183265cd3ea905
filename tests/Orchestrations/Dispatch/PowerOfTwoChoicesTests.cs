using System.Collections.Immutable;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class PowerOfTwoChoicesTests
{
    private readonly ImmutableArray<GpuHost> _hosts = [.. Enumerable.Range(0, 5).Select(i => TestHosts.Create(i))];
    private readonly Random _dice = new(1);

    [Fact]
    public void Pick_NeverTakesTheMostLoadedOfSeveral()
    {
        for (var i = 0; i < 5; i++)
        {
            for (var load = 0; load < i; load++)
            {
                _hosts[i].Begin();
            }
        }

        var picked = Enumerable.Range(0, 2000).Select(_ => PowerOfTwoChoices.Pick(_hosts, [], _dice)).CountBy(host => host).ToDictionary();

        Assert.False(picked.ContainsKey(_hosts[4]));
        // Of ten pairs four, three, two and one have it as their less loaded half.
        Assert.All(Enumerable.Range(0, 4), i => Assert.InRange(picked[_hosts[i]], (4 - i) * 200 * 0.8, (4 - i) * 200 * 1.2));
    }

    [Fact]
    public void Pick_WithHostsToAvoid_TakesAnother()
    {
        var avoid = _hosts[..4];

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Same(_hosts[4], PowerOfTwoChoices.Pick(_hosts, avoid, _dice)));
    }

    [Fact]
    public void Pick_WithAllToAvoid_TakesOneOfThem() => Assert.Contains(PowerOfTwoChoices.Pick(_hosts, _hosts, _dice), _hosts);
}
