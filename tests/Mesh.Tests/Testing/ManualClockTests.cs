using Mesh.Testing;
using Xunit;

namespace Mesh.Tests.Testing;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void It_stands_still_until_it_is_moved()
    {
        var before = _clock.GetUtcNow();
        Assert.Equal(before, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal(before.AddSeconds(2.5), _clock.GetUtcNow());
    }

    [Fact]
    public void Setting_the_wall_clock_back_moves_neither_timestamps_nor_timers()
    {
        var fired = 0;
        var stamp = _clock.GetTimestamp();
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _clock.SetWall(_clock.GetUtcNow().AddHours(-1));
        Assert.Equal(stamp, _clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.GetElapsedTime(stamp));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_see_their_own_time()
    {
        var start = _clock.GetUtcNow();
        var seen = new List<(string, double)>();
        using var late = Timer("late", 3);
        using var early = Timer("early", 1);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([("early", 1), ("late", 3)], seen);
        Assert.Equal(0, _clock.ActiveTimers);

        ITimer Timer(string name, int seconds) =>
            _clock.CreateTimer(_ => seen.Add((name, (_clock.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void A_periodic_timer_fires_once_for_each_period_that_passes()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(4, fired);
        Assert.Equal(1, _clock.ActiveTimers);
    }

    [Fact]
    public async Task Whoever_waits_for_timers_hears_when_they_come_and_go()
    {
        var two = _clock.UntilTimersAsync(2);
        using var first = NewTimer();
        Assert.False(two.IsCompleted);
        using (NewTimer()) await two;
        await _clock.UntilTimersAsync(1);

        ITimer NewTimer() => _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void A_disposed_timer_stays_silent()
    {
        var fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, fired);
        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task A_delay_ends_when_the_clock_reaches_it()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_timer_that_is_due_at_once_fires_without_the_clock_moving()
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = _clock.CreateTimer(_ => fired.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _clock.ActiveTimers);
    }
}
