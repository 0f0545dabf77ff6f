namespace Mesh.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire on the thread that calls <see cref="Advance"/>, each at its own time and in order;
/// a timer that is due at once fires on the thread pool, as the system's does. Thread-safe.
/// </summary>
/// <param name="start">What the wall clock shows at first; by default noon of 1 March 2026, UTC.</param>
public sealed class ManualClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _timersChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _wall = start ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long _elapsedTicks;

    /// <summary>Called before <see cref="Advance"/> moves this clock, so that others go along.</summary>
    public event Action<TimeSpan>? Advancing;

    /// <summary>Called before <see cref="SetWall"/> sets this clock, so that others go along.</summary>
    public event Action<DateTimeOffset>? WallSetting;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that will fire some time.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_gate) return _timers.Count;
        }
    }

    /// <summary>Returns once there are so many active timers; after a minute it gives up.</summary>
    /// <exception cref="TimeoutException">There are not.</exception>
    public async Task UntilTimersAsync(int count)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_timers.Count == count) return;
                changed = _timersChanged.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _wall;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _elapsedTicks;
    }

    /// <summary>Moves wall clock and timestamps on, and fires what becomes due on the way.</summary>
    /// <param name="by">From zero up.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Advancing?.Invoke(by);
        long end;
        lock (_gate) end = _elapsedTicks + by.Ticks;
        while (TakeNextDue(end) is { } timer) timer.Fire();
    }

    /// <summary>Sets the wall clock, back or forth, as an operator or a time server does: timestamps and timers do not move.</summary>
    public void SetWall(DateTimeOffset now)
    {
        WallSetting?.Invoke(now);
        lock (_gate) _wall = now.ToUniversalTime();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeNextDue(long end)
    {
        lock (_gate)
        {
            ManualTimer? next = null;
            foreach (var timer in _timers)
                if (timer.DueTicks <= end && (next is null || timer.DueTicks < next.DueTicks)) next = timer;
            MoveTo(Math.Max(_elapsedTicks, next?.DueTicks ?? end));
            if (next is null) return null;
            if (next.PeriodTicks > 0) next.DueTicks += next.PeriodTicks;
            else Change(() => _timers.Remove(next));
            return next;
        }
    }

    private void Change(Action change)
    {
        change();
        _timersChanged.TrySetResult();
        _timersChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void MoveTo(long elapsedTicks)
    {
        _wall = _wall.AddTicks(elapsedTicks - _elapsedTicks);
        _elapsedTicks = elapsedTicks;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public long DueTicks { get; set; }

        public long PeriodTicks { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_disposed) return false;
                clock._timers.Remove(this);
                PeriodTicks = period > TimeSpan.Zero ? period.Ticks : 0;
                DueTicks = clock._elapsedTicks + Math.Max(0, dueTime.Ticks);
                if (dueTime == TimeSpan.Zero) DueTicks += PeriodTicks;
                if (dueTime > TimeSpan.Zero || (dueTime == TimeSpan.Zero && PeriodTicks > 0)) clock.Change(() => clock._timers.Add(this));
            }

            if (dueTime == TimeSpan.Zero) ThreadPool.QueueUserWorkItem(static timer => ((ManualTimer)timer!).Fire(), this);
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                clock.Change(() => clock._timers.Remove(this));
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
