namespace Mesh.Testing;

/// <summary>A count that rises, and those who wait until it has. Thread-safe.</summary>
public sealed class RisingCount
{
    private readonly Lock _change = new();
    private readonly List<(int Least, TaskCompletionSource Reached)> _awaited = [];
    private int _count;
    private bool _isEnded;

    public int Now => Volatile.Read(ref _count);

    public void Add(int more)
    {
        lock (_change)
        {
            _count += more;
            TellThem();
        }
    }

    /// <summary>It rises no more: nobody waits any longer.</summary>
    public void End()
    {
        lock (_change)
        {
            _isEnded = true;
            TellThem();
        }
    }

    /// <summary>Done when it is so high, or rises no more.</summary>
    public Task ReachesAsync(int least)
    {
        lock (_change)
        {
            if (_isEnded || _count >= least) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((least, reached));
            return reached.Task;
        }
    }

    private void TellThem() => _awaited.RemoveAll(each =>
    {
        var isDone = _isEnded || _count >= each.Least;
        if (isDone) each.Reached.SetResult();
        return isDone;
    });
}
