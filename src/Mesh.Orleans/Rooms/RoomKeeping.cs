using Mesh.Orleans.Grains;
using Mesh.Orleans.Silo;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// What a room's grain knows of the room's history. Whether it keeps one is read from the catalogue when the grain is activated, and again when the grain of the
/// history says that this has changed; while storage does not say, nothing is published in the room, for what is acknowledged in a room with a history is stored.
/// In the turns of the room's grain.
/// </summary>
internal sealed class RoomKeeping
{
    /// <summary>Calls of the history whose counts are remembered: an append is answered before the grain asks for the count of its messages.</summary>
    private const int CountsMax = 128;

    private readonly SiloEngine _silo;
    private readonly StreamName _name;
    private readonly IRoomLogGrain? _log;
    private readonly Queue<Counted> _counts = new();
    private bool? _keeps;
    private int _looks;

    public RoomKeeping(SiloEngine silo, IGrainFactory grains, byte[] room)
    {
        _silo = silo;
        if (RoomHistory.TryName(room, out _name)) _log = grains.GetGrain<IRoomLogGrain>(StreamKey.Of(_name));
        else _keeps = false;
    }

    /// <summary>True when it is known that the room keeps nothing.</summary>
    public bool IsNone => _keeps == false;

    /// <summary>Asks the catalogue. Of several looks the last counts.</summary>
    /// <exception cref="StorageUnavailableException">It does not answer; whether there is a history is not known then.</exception>
    public async Task LookAsync()
    {
        if (_log is null) return;
        var look = ++_looks;
        _keeps = null;
        var keeps = await _silo.Context.Store.FindEntryAsync(_name) is not null;
        if (look == _looks) _keeps = keeps;
    }

    /// <summary>Whether the room keeps its messages.</summary>
    /// <exception cref="StorageUnavailableException">Storage does not say.</exception>
    public async ValueTask<bool> KeepsAsync()
    {
        while (_keeps is null) await LookAsync();
        return _keeps.Value;
    }

    /// <summary>Appends messages, all or none. A call that is made again gets what the first got.</summary>
    /// <returns>How many listeners each reached; null when the room keeps nothing.</returns>
    /// <exception cref="PublishRefusedException">The history did not take them.</exception>
    public async ValueTask<int[]?> AppendAsync(RoomPosts posts)
    {
        // Another sender than the one of the same process whose appends come by themselves: each counts its own.
        var mark = new SenderMark(~posts.Sender, posts.First, posts.First - 1);
        var answer = await _log!.PublishAsync(new AppendItem { Segment = Encode(posts), Options = new AppendOptions { Sender = mark } });
        switch (answer.ToResult(StreamKind.Room))
        {
            case AppendResult.Appended appended: return await CountAsync(appended);
            case AppendResult.NoSuchStream:
                _keeps = null;
                return null;
            case var refusal: throw new PublishRefusedException(refusal);
        }
    }

    /// <summary>Messages of the history are on their way to the listeners.</summary>
    public void OnHandedOut(RoomPosts posts, Task<int[]> receivers)
    {
        if (_counts.Count == CountsMax) _counts.Dequeue();
        _counts.Enqueue(new Counted(posts.Sender, posts.First, posts.Last, receivers));
    }

    /// <summary>By which the messages of a history are marked on their way to listeners. Processes choose theirs at random; a log made anew is another sender.</summary>
    public static ulong SenderOf(StreamNumber log) => ~(ulong)log.Value;

    private async Task<int[]> CountAsync(AppendResult.Appended appended)
    {
        var (sender, first) = (SenderOf(appended.Stream), appended.First.Value);
        foreach (var counted in _counts)
        {
            if (counted.Sender != sender || counted.First > first || counted.Last < appended.Last.Value) continue;
            var receivers = await counted.Receivers;
            return receivers.AsSpan((int)(first - counted.First), appended.Count).ToArray();
        }

        // Handed out by another activation, or by nobody: the listeners who follow the history have them.
        return new int[appended.Count];
    }

    private ReadOnlyMemory<byte> Encode(RoomPosts posts)
    {
        var rest = posts.Bytes.Span;
        var room = RoomHistory.RoomOf(_name);
        using var segment = RoomHistory.Encode(room, RoomPosts.Next(ref rest));
        while (!rest.IsEmpty) RoomHistory.Add(segment, room, RoomPosts.Next(ref rest));
        return segment.Finish().ToArray();
    }

    /// <summary>How many listeners messages of the history reached.</summary>
    private readonly record struct Counted(ulong Sender, long First, long Last, Task<int[]> Receivers);
}
