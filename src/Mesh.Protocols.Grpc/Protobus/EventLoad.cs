using Mesh.Frames;
using Mesh.Protocols.Grpc.Appends;
using Mesh.Topics;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>Events that travel together: a segment for each home, in the order of their coming. Not thread-safe.</summary>
/// <param name="homes">Where topics go.</param>
/// <param name="append">Appends one segment to a home and answers when it is durable; throws when it will not be.</param>
/// <param name="clock">Stamps events. Nobody else asks it at the same time.</param>
/// <param name="topicBytesMax">Largest topic taken, in bytes.</param>
internal sealed class EventLoad(TopicHomes homes, Func<TopicHome, ReadOnlyMemory<byte>, Task> append, ReceiveClock clock, int topicBytesMax) : IAppendLoad
{
    /// <summary>Writers kept for the next events; those of more homes are given back.</summary>
    private const int SpareMax = 16;

    private readonly TopicHomeCache _homes = new(homes);
    private readonly Dictionary<StreamName, Part> _parts = [];
    private readonly Stack<SegmentWriter> _spare = new();
    private TopicHome? _lastHome;
    private Part _last;

    public int Count { get; private set; }

    public int Length { get; private set; }

    /// <exception cref="Framing.GrpcException">INVALID_ARGUMENT: the message is no event.</exception>
    public void Add(ReadOnlySpan<byte> message)
    {
        var published = IncomingEvent.Parse(message, topicBytesMax);
        var home = _homes.HomeOf(published.Topic);
        if (!ReferenceEquals(home, _lastHome)) _last = PartOf(_lastHome = home);
        var before = _last.Segment.Length;
        published.AddTo(_last.Segment, clock.Now());
        Length += _last.Segment.Length - before;
        Count++;
    }

    /// <summary>Appends to all homes at once, and waits for the answer of each.</summary>
    public Task AppendAsync() =>
        _parts.Count == 1 ? append(_last.Home, _last.Segment.Finish()) : Task.WhenAll([.. _parts.Values.Select(part => append(part.Home, part.Segment.Finish()))]);

    public void Reset()
    {
        foreach (var part in _parts.Values)
        {
            part.Segment.Reset();
            if (_spare.Count < SpareMax) _spare.Push(part.Segment);
            else part.Segment.Dispose();
        }

        _parts.Clear();
        _lastHome = null;
        Count = Length = 0;
    }

    public void Dispose()
    {
        Reset();
        while (_spare.TryPop(out var writer)) writer.Dispose();
    }

    private Part PartOf(TopicHome home)
    {
        if (_parts.TryGetValue(home.Partition, out var part)) return part;
        Length += FrameFormat.SegmentHeaderBytes;
        return _parts[home.Partition] = new Part(home, _spare.TryPop(out var writer) ? writer : new SegmentWriter());
    }

    private readonly record struct Part(TopicHome Home, SegmentWriter Segment);
}
