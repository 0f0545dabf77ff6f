using System.IO.Pipelines;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.Protobus;
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
        long allocated = 0;
        for (var round = 0; round < 3; round++)
        {
            sink.Events.Reset();
            var before = GC.GetAllocatedBytesForCurrentThread();
            decoder.Take(bytes, sink, out _);
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            var batch = Batch(sink.Appended());
            before = GC.GetAllocatedBytesForCurrentThread();
            EventDelivery.Write(output, batch, int.MaxValue, out var written);
            allocated = taken + GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.InRange(written, Events * 100, long.MaxValue);
        }

        Assert.InRange(allocated, 0, 1000);
    }

    private static BatchSlice Batch(ReadOnlyMemory<byte> segment)
    {
        var records = segment.Span;
        var header = new BatchHeader(Sequence.First, new RecordTime(1), Events, records.Length, null);
        var batch = new byte[header.TotalBytes];
        header.Write(batch);
        records.CopyTo(batch.AsSpan(header.HeaderBytes));
        return BatchSlice.Whole(batch, header);
    }

    private sealed class ToSegments : IMessageSink, IDisposable
    {
        private ReadOnlyMemory<byte> _segment;

        public ToSegments() => Events = new(TopicHomes.Default, (_, segment) => Keep(segment), 100);

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

    private sealed class Nowhere : PipeWriter
    {
        private readonly byte[] _block = new byte[4096];

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _block;

        public override Span<byte> GetSpan(int sizeHint = 0) => _block;

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
