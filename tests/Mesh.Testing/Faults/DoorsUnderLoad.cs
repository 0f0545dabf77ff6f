using Mesh.Testing.Faults.Loads;

namespace Mesh.Testing.Faults;

/// <summary>The load of all doors: producers, a reader that follows and a consumer, and what they did and saw. It begins at once.</summary>
public sealed class DoorsUnderLoad : IAsyncDisposable
{
    private const string Jobs = "queue:jobs";
    private const int AcknowledgedToGoOn = 20;
    private readonly ClaimHistory _claims = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<DoorLoad> _loads;
    private readonly ClaimLoad _consumer;
    private readonly List<Task> _running;

    /// <param name="doors">Of processes with the same streams. They may change while the load goes on.</param>
    /// <param name="timeMax">Within this every stream takes appends again, whatever was done.</param>
    public DoorsUnderLoad(IReadOnlyList<OpenDoors> doors, TimeSpan timeMax)
    {
        TimeMax = timeMax;
        _loads =
        [
            new RingLoad(History, doors, "a", "ringa"),
            new RingLoad(History, doors, "a", "ringb"),
            new RingLoad(History, doors, "b", "ringc"),
            new ChannelLoad(History, doors, "c", "channel"),
            new QueueLoad(History, doors, "q", "queue"),
            new QueueLoad(History, doors, "jobs", "job"),
            new PartitionLoad(History, doors, "topic", "partition"),
        ];
        _consumer = new ClaimLoad(_claims, doors, "jobs");
        _running =
        [
            .. _loads.Select(load => load.RunAsync(_stop.Token)),
            new RingFollower(History.Reading("ring:a"), doors, "a").RunAsync(_stop.Token),
            _consumer.RunAsync(_stop.Token),
        ];
    }

    public History History { get; } = new();

    private TimeSpan TimeMax { get; }

    /// <summary>Waits until every stream takes more. A load that ended before it was told to has a fault of its own, which is thrown here.</summary>
    /// <exception cref="TimeoutException">One does not in time; the message names it.</exception>
    public async Task GoesOnAsync(int acknowledged = AcknowledgedToGoOn)
    {
        var more = History.AcknowledgedMoreAsync(_loads.Select(load => load.Stream), acknowledged, TimeMax);
        await await Task.WhenAny([more, .. _running]);
        await more;
    }

    /// <summary>Ends the load: what is on its way is still answered.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).WaitAsync(TimeMax);
    }

    /// <summary>Holds what is stored, once the load has ended, against what was answered.</summary>
    public async Task<FaultReport> CheckAsync(IMesh mesh)
    {
        var stored = await StoredHistory.ReadAsync(
            ("ring:a", mesh.Ring(StreamName.Ring("a"))),
            ("ring:b", mesh.Ring(StreamName.Ring("b"))),
            ("channel:c", mesh.Channel(StreamName.Channel("c"))),
            ("queue:q", mesh.Queue(StreamName.Queue("q", QueueLoad.Project))),
            ("partition", mesh.Partition(StreamName.Partition("events"))));
        var left = await StoredHistory.ReadAsync((Jobs, mesh.Queue(StreamName.Queue("jobs", QueueLoad.Project))));
        var findings = History.Check(stored);
        findings.Lost.RemoveAll(lost => lost.StartsWith(Jobs, StringComparison.Ordinal)); // consumed: their history is the claims'
        return new FaultReport(findings, _claims.HandedOutAgain(), _claims.NeverHandedOut(Acknowledged(Jobs).Except(left[Jobs].Select(each => each.Message.ToString()))));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var load in _loads) load.Dispose();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private IEnumerable<string> Acknowledged(string stream) => History.AcknowledgedOf(stream).Select(message => message.ToString());
}
