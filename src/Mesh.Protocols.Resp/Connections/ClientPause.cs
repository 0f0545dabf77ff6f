using Mesh.Protocols.Resp.Commands;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>CLIENT PAUSE: for some time no command is run, or none that writes; those that come wait. Thread-safe.</summary>
internal sealed class ClientPause(TimeProvider clock)
{
    private readonly Lock _change = new();
    private volatile Pause? _now;

    /// <summary>Begins, or makes one that is on last as long and stop as much as either asks.</summary>
    public void Begin(TimeSpan time, bool stopsReads)
    {
        lock (_change)
        {
            var until = clock.GetUtcNow() + time;
            if (_now is { } now)
            {
                now.StopsReads |= stopsReads;
                if (until <= now.Until) return;
                now.Until = until;
                now.Timer.Change(time, Timeout.InfiniteTimeSpan);
                return;
            }

            var begun = new Pause { Until = until, StopsReads = stopsReads };
            begun.Timer = clock.CreateTimer(_ => End(begun), null, time, Timeout.InfiniteTimeSpan);
            _now = begun;
        }
    }

    public void End() => End(_now);

    /// <returns>Ends when the command may run; null when it may at once.</returns>
    public Task? For(RespCommand? command) => _now is { } now && (now.StopsReads || command is { Writes: true }) ? now.Over.Task : null;

    private void End(Pause? pause)
    {
        lock (_change)
        {
            if (pause is null || _now != pause) return;
            _now = null;
            pause.Timer.Dispose();
        }

        pause.Over.SetResult();
    }

    private sealed class Pause
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITimer Timer { get; set; } = null!;

        public DateTimeOffset Until { get; set; }

        public bool StopsReads { get; set; }
    }
}
