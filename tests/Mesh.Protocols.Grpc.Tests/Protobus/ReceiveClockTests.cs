using Mesh.Protocols.Grpc.Protobus;
using Mesh.Testing;

namespace Mesh.Protocols.Grpc.Tests.Protobus;

public sealed class ReceiveClockTests
{
    [Fact]
    public void Times_follow_the_clock_and_none_is_told_twice()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddSeconds(10));
        var received = new ReceiveClock(clock);
        Assert.Equal(10_000_000_000, received.Now());
        Assert.Equal(10_000_000_001, received.Now());
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(10_001_000_000, received.Now());
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3610_001_000_000, received.Now());
    }

    [Fact]
    public void The_systems_clock_is_finer_than_a_microsecond()
    {
        var received = new ReceiveClock(TimeProvider.System);
        var times = Enumerable.Range(0, 100).Select(_ => received.Now()).ToArray();
        Assert.Equal(times.Distinct().Order(), times);
        Assert.Contains(times, time => time % 1000 != 0);
    }
}
