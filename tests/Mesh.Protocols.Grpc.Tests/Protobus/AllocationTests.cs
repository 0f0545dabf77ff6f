using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.Protobus;
using Mesh.Protocols.Grpc.Tests.Framing;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Mesh.Topics;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Protobus;

public sealed class AllocationTests
{
    private const int Events = 10_000;

    private static readonly byte[] Message = new EncapsulatedEvent
    {
        Topic = "area/line/cell",
        Tags = { ["k"] = "v" },
        ClientEventTime = new Timestamp { Seconds = 1 },
        ServerReceiveTime = new Timestamp { Seconds = 1 },
        Payload = new Any { TypeUrl = "x/y", Value = ByteString.CopyFrom(new byte[100]) },
    }.ToByteArray();

    [Fact]
    public void Events_are_taken_in_and_delivered_without_allocating_for_each()
    {
        using var decoder = new MessageDecoder(65_536, null);
        using var sink = new ToSegments();
        var bytes = Pieces.Of([.. Enumerable.Repeat(GrpcClientCall.Frame(Message), Events).SelectMany(frame => frame)], 4096);
        var output = new Nowhere();
        var delivery = new EventDelivery(false);
        var allocated = long.MaxValue;
        for (var round = 0; round < 5; round++) // the least counts: a pool that a collection has emptied meanwhile is filled once more
        {
            sink.Events.Reset();
            var before = GC.GetAllocatedBytesForCurrentThread();
            decoder.Take(bytes, sink, out _);
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            var batch = sink.Appended().ToBatch();
            before = GC.GetAllocatedBytesForCurrentThread();
            delivery.Write(output, TopicHomes.Events, batch, int.MaxValue, out var written);
            allocated = Math.Min(allocated, taken + GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.InRange(written, Events * 100, long.MaxValue);
        }

        Assert.InRange(allocated, 0, 1000);
    }

    private sealed class ToSegments : IMessageSink, IDisposable
    {
        private ReadOnlyMemory<byte> _segment;

        public ToSegments() => Events = new(TopicHomes.Default, (_, segment) => Keep(segment), new ReceiveClock(TimeProvider.System), 100);

        public EventLoad Events { get; }

        public ReadOnlyMemory<byte> Appended()
        {
            _ = Events.AppendAsync();
            return _segment;
        }

        public bool TryTake(ReadOnlySpan<byte> message)
        {
            Events.Add(message);
            return true;
        }

        public void Dispose() => Events.Dispose();

        private Task Keep(ReadOnlyMemory<byte> segment)
        {
            _segment = segment;
            return Task.CompletedTask;
        }
    }
}
