using Orleans.Streams;
using Xunit;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>Keeps what it is handed, in the order it came. Thread-safe.</summary>
internal sealed class Listener : IAsyncObserver<string>
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<(string Item, long Sequence)> _heard = [];
    private readonly List<(Func<List<(string Item, long Sequence)>, bool> IsEnough, TaskCompletionSource Signal)> _waiting = [];

    public List<string> Items => [.. Heard.Select(heard => heard.Item)];

    public List<long> Sequences => [.. Heard.Select(heard => heard.Sequence)];

    private List<(string Item, long Sequence)> Heard
    {
        get
        {
            lock (_gate) return [.. _heard];
        }
    }

    /// <summary>Until it is completed, whoever hands it an event waits.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>How many more times it fails before it takes an event.</summary>
    public int Refusals { get; set; }

    public async Task OnNextAsync(string item, StreamSequenceToken? token = null)
    {
        await Gate;
        lock (_gate)
        {
            if (Refusals > 0)
            {
                Refusals--;
                throw new InvalidOperationException($"The test refuses {item}.");
            }

            _heard.Add((item, token!.SequenceNumber));
            foreach (var (isEnough, signal) in _waiting)
                if (isEnough(_heard)) signal.TrySetResult();
        }
    }

    /// <summary>A repeated failure to deliver would lose an event.</summary>
    public Task OnErrorAsync(Exception ex)
    {
        lock (_gate)
        {
            foreach (var (_, signal) in _waiting) signal.TrySetException(ex);
        }

        return Task.CompletedTask;
    }

    /// <summary>Waits until so many different events were heard.</summary>
    public async Task HearAsync(int count)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool IsEnough(List<(string Item, long Sequence)> heard) => heard.Count >= count && heard.DistinctBy(one => one.Sequence).Count() >= count;
        lock (_gate)
        {
            if (IsEnough(_heard)) return;
            _waiting.Add((IsEnough, signal));
        }

        try
        {
            await signal.Task.WaitAsync(PatienceMax);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Waited for {count} events; {Heard.Count} came: {string.Join(", ", Items.TakeLast(20))}");
        }
    }
}
