using System.Collections.Concurrent;
using System.Diagnostics;
using Mesh.Testing;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>
/// Producers that append one record after another, each to a ring of its own, and a subscriber on each ring. Afterwards everything is compared: what was
/// acknowledged is stored once and in order, and every subscriber has seen what is stored, once and in order.
/// </summary>
/// <param name="mesh">Where.</param>
/// <param name="rings">How many.</param>
/// <param name="first">The number of the first of them.</param>
internal sealed class AppendLoad(IMesh mesh, int rings, int first = 0)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _check = new();
    private readonly ConcurrentDictionary<string, string> _refusals = new();
    private readonly List<string>[] _acknowledged = Lists(rings);
    private readonly List<string>[] _seen = Lists(rings);
    private readonly List<Task> _producers = [];
    private readonly List<Task> _subscribers = [];
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConcurrentQueue<TimeSpan> _latencies = new();
    private TimeSpan _slowest;

    public int Acknowledged => _acknowledged.Sum(Count);

    /// <summary>The longest that one append took.</summary>
    public TimeSpan Slowest
    {
        get
        {
            TakeLatencies();
            return _slowest;
        }
    }

    /// <summary>Whatever an append answered or threw that is no acknowledgement, each once.</summary>
    public ICollection<string> Refusals => _refusals.Keys;

    public void Start()
    {
        for (var ring = 0; ring < rings; ring++)
        {
            var own = ring;
            _producers.Add(Task.Run(() => ProduceAsync(own)));
            _subscribers.Add(Task.Run(() => SubscribeAsync(own)));
        }
    }

    /// <summary>How long the appends took that ended since this was asked last, the shortest first.</summary>
    public List<TimeSpan> TakeLatencies()
    {
        List<TimeSpan> taken = [.. Interlocked.Exchange(ref _latencies, new ConcurrentQueue<TimeSpan>()).Order()];
        if (taken.Count > 0 && taken[^1] > _slowest) _slowest = taken[^1];
        return taken;
    }

    /// <summary>Waits until so many more are acknowledged on every ring.</summary>
    public async Task ProgressAsync(int appends)
    {
        var goals = _acknowledged.Select(list => Count(list) + appends).ToList();
        await UntilAsync(() => Enumerable.Range(0, rings).All(ring => Count(_acknowledged[ring]) >= goals[ring]));
    }

    /// <summary>Ends the load and compares.</summary>
    public async Task CheckAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_producers).WaitAsync(Patience);
        for (var ring = 0; ring < rings; ring++)
        {
            var stored = await StoredAsync(ring);
            Assert.Equal(stored.Distinct().Order(StringComparer.Ordinal), stored);
            Assert.Empty(_acknowledged[ring].Except(stored));
            var seen = _seen[ring];
            await UntilAsync(() => Count(seen) >= stored.Count);
            lock (seen) Assert.Equal(stored, seen);
        }

        await _check.CancelAsync();
        await Task.WhenAll(_subscribers).WaitAsync(Patience);
    }

    private static List<string>[] Lists(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<string>())];

    public static StreamName Name(int ring) => StreamName.Ring($"load {ring}");

    private static int Count(List<string> list)
    {
        lock (list) return list.Count;
    }

    private async Task UntilAsync(Func<bool> isReached)
    {
        while (true)
        {
            var change = Volatile.Read(ref _change).Task;
            if (isReached()) return;
            await change.WaitAsync(Patience);
        }
    }

    private void Add(List<string> list, IEnumerable<string> bodies)
    {
        lock (list) list.AddRange(bodies);
        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private async Task ProduceAsync(int ring)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var body = $"{number:D8}";
            var startedAt = Stopwatch.GetTimestamp();
            try
            {
                var result = await mesh.Ring(Name(first + ring)).AppendAsync(Given.Segment(body));
                if (result is AppendResult.Appended) Add(_acknowledged[ring], [body]);
                else _refusals[$"{result}"] = body;
            }
            catch (Exception reason)
            {
                _refusals[$"{reason}"] = body;
            }

            Volatile.Read(ref _latencies).Enqueue(Stopwatch.GetElapsedTime(startedAt));
        }
    }

    private async Task SubscribeAsync(int ring)
    {
        try
        {
            await foreach (var page in mesh.Ring(Name(first + ring)).TailAsync(Sequence.First, _check.Token)) Add(_seen[ring], page.Bodies());
        }
        catch (OperationCanceledException)
        {
            // The check is over.
        }
    }

    private async Task<List<string>> StoredAsync(int ring)
    {
        var stored = new List<string>();
        for (var next = Sequence.First; ;)
        {
            var page = await mesh.Ring(Name(first + ring)).ReadAsync(new ReadQuery { From = next });
            if (page.Count == 0) return stored;
            stored.AddRange(page.Bodies());
            next = page.Next;
        }
    }
}
