using Hybrid.Orchestrations.Dispatch;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class PoolStateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PoolState _pool;

    public PoolStateTests()
    {
        var options = new GpuPoolOptions { Hosts = { new Uri("http://a:1"), new Uri("http://b:1"), new Uri("http://c:1") } };
        _pool = new PoolState(Options.Create(options), _time, NullLogger<PoolState>.Instance);
    }

    [Theory]
    [InlineData(nameof(HostSign.Works), 3)]
    [InlineData(nameof(HostSign.Lost), 3)]
    [InlineData(nameof(HostSign.None), 3)]
    [InlineData(nameof(HostSign.Outrun), 3)]
    [InlineData(nameof(HostSign.Failed), 2)]
    [InlineData(nameof(HostSign.NotReady), 2)]
    [InlineData(nameof(HostSign.Unreachable), 2)]
    public void Host_WithFiveSignsOfAKind_IsInOrOut(string sign, int ready)
    {
        for (var i = 0; i < 5; i++)
        {
            End(0, Enum.Parse<HostSign>(sign));
        }

        Assert.Equal(ready, _pool.Snapshot.Ready.Length);
    }

    [Theory]
    [InlineData(nameof(HostSign.NotReady))]
    [InlineData(nameof(HostSign.Unreachable))]
    public void Host_ThatSaysItIsNotThere_IsOutAtOnceAndBackWhenHealthIsGood(string sign)
    {
        End(0, Enum.Parse<HostSign>(sign));
        Assert.Equal(2, _pool.Snapshot.Ready.Length);

        _pool.Polled(_pool.Hosts[0], ready: true);
        Assert.Equal(3, _pool.Snapshot.Ready.Length);
    }

    [Fact]
    public void Host_OnTrial_GetsOneFirstAttempt()
    {
        PutOnTrial(0);

        var picks = Enumerable.Range(0, 100).Select(_ => _pool.Pick([])).ToList();
        Assert.Same(_pool.Hosts[0], Assert.Single(picks, pick => pick.IsTrial).Host);
        Assert.DoesNotContain(picks.Where(pick => !pick.IsTrial), pick => pick.Host == _pool.Hosts[0]);

        _pool.Ended(picks.Single(pick => pick.IsTrial), HostSign.Works);
        Assert.Equal(3, _pool.Snapshot.Ready.Length);
    }

    [Fact]
    public void Host_OnTrial_GetsNoSecondAttemptsOfUnluckyCalls()
    {
        PutOnTrial(0);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Same(_pool.Hosts[2], _pool.Pick([_pool.Hosts[1]]).Host));
        Assert.Same(_pool.Hosts[2], _pool.PickOther([_pool.Hosts[1]])!.Value.Host);
        Assert.Null(_pool.PickOther([_pool.Hosts[1], _pool.Hosts[2]]));
    }

    [Fact]
    public void Host_WithUnansweredAttempts_IsAvoidedUntilAGoodSign()
    {
        End(0, HostSign.Outrun);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.NotSame(_pool.Hosts[0], _pool.Pick([]).Host));

        _pool.Polled(_pool.Hosts[0], ready: true);
        Assert.Contains(Enumerable.Range(0, 100), _ => _pool.Pick([]).Host == _pool.Hosts[0]);
    }

    [Fact]
    public void Host_WithOthersWork_IsAvoided()
    {
        _pool.Hosts[0].Begin();
        _pool.Hosts[0].Reported(8);
        Assert.Equal(8, _pool.Hosts[0].Load);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.NotSame(_pool.Hosts[0], _pool.Pick([]).Host));

        _pool.Hosts[0].Reported(0);
        Assert.Equal(1, _pool.Hosts[0].Load);
    }

    [Fact]
    public void Candidates_WithNobodyReady_AreAll()
    {
        foreach (var host in _pool.Hosts)
        {
            _pool.Polled(host, ready: false);
        }

        Assert.Equal(3, _pool.Snapshot.Candidates.Length);
    }

    [Fact]
    public async Task Snapshot_UnderManyChanges_IsAlwaysWhole()
    {
        using var end = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                var snapshot = _pool.Snapshot;
                Assert.Equal(3, snapshot.Hosts.Length);
                Assert.False(snapshot.Candidates.IsEmpty);
                Assert.Empty(snapshot.Ready.Intersect(snapshot.OnTrial));
                Assert.Equal(snapshot.Ready.Length, snapshot.Ready.Distinct().Count());
                Assert.Subset(snapshot.Hosts.ToHashSet(), snapshot.Ready.Concat(snapshot.OnTrial).ToHashSet());
                Assert.NotNull(_pool.Pick([]).Host);
            }
        })).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var dice = new Random(seed);
            for (var i = 0; i < 20_000; i++)
            {
                var host = dice.Next(3);
                switch (dice.Next(8))
                {
                    case 0:
                        _pool.Polled(_pool.Hosts[host], dice.Next(4) > 0);
                        break;
                    case 1:
                        _time.Advance(TimeSpan.FromMilliseconds(100));
                        break;
                    default:
                        End(host, (HostSign)dice.Next(Enum.GetValues<HostSign>().Length));
                        break;
                }
            }
        })));
        await end.CancelAsync();
        await Task.WhenAll(readers);

        // No change was lost: what the snapshot says is what the hosts are.
        Assert.Equal(_pool.Hosts.Where(host => host.Standing == HostStanding.In), _pool.Snapshot.Ready);
        Assert.Equal(_pool.Hosts.Where(host => host.Standing == HostStanding.OnTrial), _pool.Snapshot.OnTrial);
    }

    public void Dispose() => _pool.Dispose();

    private void End(int host, HostSign sign) => _pool.Ended(PoolState.PickOf(_pool.Hosts[host]), sign);

    private void PutOnTrial(int host)
    {
        for (var i = 0; i < 5; i++)
        {
            End(host, HostSign.Failed);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        _pool.Polled(_pool.Hosts[host], ready: true);
        Assert.Same(_pool.Hosts[host], Assert.Single(_pool.Snapshot.OnTrial));
    }
}
