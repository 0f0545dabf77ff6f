using Google.Protobuf;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Appends;
using Mesh.Protocols.Grpc.Protobus;
using Mesh.Protocols.Grpc.Tests.Protobus;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Appends;

public sealed class SegmentAppenderTests : IDisposable
{
    private readonly List<int> _segments = [];
    private readonly Queue<TaskCompletionSource> _commits = new();
    private readonly SegmentAppender _events;
    private int _failures;

    public SegmentAppenderTests() => _events = new SegmentAppender(static (message, segment) => IncomingEvent.Parse(message, 4096).AddTo(segment, 1), Append, new GrpcOptions { SegmentBytesMax = 65_536 }, () => _failures++);

    public void Dispose() => _events.Dispose();

    [Fact]
    public async Task What_comes_while_an_append_is_in_flight_travels_together_in_the_next()
    {
        await Inline.Continuations;
        Pass(2);
        Pass(3);
        Pass(1);
        Assert.Equal([2], _segments);
        var drained = _events.DrainAsync();
        Commit();
        Assert.Equal([2, 4], _segments);
        Assert.False(drained.IsCompleted);
        Commit();
        await drained;
    }

    [Fact]
    public async Task Events_of_a_pass_that_is_open_when_an_append_lands_leave_when_it_ends()
    {
        await Inline.Continuations;
        Pass(1);
        _events.Enter();
        Assert.True(_events.TryTake(Event()));
        Commit();
        Assert.Equal([1], _segments);
        _events.Leave();
        Assert.Equal([1, 1], _segments);
        Commit();
        await _events.DrainAsync();
    }

    [Fact]
    public async Task No_more_is_gathered_than_the_bound_and_there_is_room_when_it_has_left()
    {
        await Inline.Continuations;
        Pass(1);
        _events.Enter();
        while (_events.TryTake(Event(1000)))
        {
        }

        _events.Leave();
        var room = _events.RoomAsync();
        Assert.False(room.IsCompleted);
        Commit();
        await room;
        Assert.InRange(_segments[1], 60, 65);
        Commit();
        await _events.DrainAsync();
    }

    [Fact]
    public async Task An_event_larger_than_the_bound_travels_alone()
    {
        await Inline.Continuations;
        Pass(1, payloadBytes: 1_000_000);
        Assert.Equal([1], _segments);
        Commit();
        await _events.DrainAsync();
    }

    [Fact]
    public async Task After_a_failure_nothing_more_is_appended_and_whoever_waits_is_told()
    {
        await Inline.Continuations;
        Pass(1);
        Pass(1);
        var room = _events.RoomAsync();
        _commits.Dequeue().SetException(new StorageUnavailableException("away"));
        await room;
        Assert.Equal(1, _failures);
        Assert.Throws<StorageUnavailableException>(_events.ThrowIfFailed);
        Pass(1);
        await Assert.ThrowsAsync<StorageUnavailableException>(_events.DrainAsync);
        Assert.Equal([1], _segments);
    }

    private static byte[] Event(int payloadBytes = 10) =>
        new EncapsulatedEvent { Topic = "t", Payload = new() { Value = ByteString.CopyFrom(new byte[payloadBytes]) } }.ToByteArray();

    private void Pass(int events, int payloadBytes = 10)
    {
        _events.Enter();
        for (var i = 0; i < events; i++) Assert.True(_events.TryTake(Event(payloadBytes)));
        _events.Leave();
    }

    private Task Append(ReadOnlyMemory<byte> segment)
    {
        Segment.Check(segment.Span, out var count);
        _segments.Add(count);
        var commit = new TaskCompletionSource();
        _commits.Enqueue(commit);
        return commit.Task;
    }

    private void Commit() => _commits.Dequeue().SetResult();
}
