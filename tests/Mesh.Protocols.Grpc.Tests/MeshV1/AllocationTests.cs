using Google.Protobuf;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.MeshV1;
using Mesh.Protocols.Grpc.Tests.Framing;
using Mesh.Testing;
using Mesh.Testing.Grpc;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

public sealed class AllocationTests : IMessageSink
{
    private const int Records = 10_000;

    private static readonly byte[] Message = new V1.AppendStreamRequest
    {
        Records =
        {
            new V1.NewRecord { Body = ByteString.CopyFrom(new byte[100]), Key = "/area/line", Tags = { ["k"] = "v" }, ContentType = "image/png", Ttl = new() { Seconds = 9 } },
        },
    }.ToByteArray();

    private readonly RecordReader _reader = new(new AppendTarget(StreamName.Queue("q"), null!, null));
    private readonly SegmentWriter _segment = new();

    public bool TryTake(ReadOnlySpan<byte> message)
    {
        _reader.AddAll(message, _segment);
        return true;
    }

    [Fact]
    public void Records_are_taken_in_and_read_out_without_allocating_for_each()
    {
        using var decoder = new MessageDecoder(65_536, null);
        var bytes = Pieces.Of([.. Enumerable.Repeat(GrpcClientCall.Frame(Message), Records).SelectMany(frame => frame)], 4096);
        var output = new Nowhere();
        var allocated = long.MaxValue;
        for (var round = 0; round < 5; round++) // the least counts: a pool that a collection has emptied meanwhile is filled once more
        {
            _segment.Reset();
            var before = GC.GetAllocatedBytesForCurrentThread();
            decoder.Take(bytes, this, out _);
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            var page = new RecordPage([_segment.Finish().ToBatch()], new Sequence(Records + 1), Sequence.First, new Sequence(Records));
            before = GC.GetAllocatedBytesForCurrentThread();
            var written = new PageWriter(page).Write(output, int.MaxValue, _ => default);
            allocated = Math.Min(allocated, taken + GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.InRange(written, Records * 100, long.MaxValue);
        }

        Assert.InRange(allocated, 0, 2000);
    }
}
