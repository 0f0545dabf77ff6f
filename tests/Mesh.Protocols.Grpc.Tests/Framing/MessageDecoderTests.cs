using System.Buffers;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Testing;
using Mesh.Testing.Grpc;

namespace Mesh.Protocols.Grpc.Tests.Framing;

public sealed class MessageDecoderTests
{
    private const int BytesMax = 1000;

    private static readonly byte[][] Messages = [[], [1], [2, 3, 4], [], [.. Enumerable.Range(0, 40).Select(i => (byte)i)], [9]];

    [Fact]
    public void Messages_are_found_at_every_split_of_their_bytes_in_two_reads()
    {
        var bytes = Messages.SelectMany(message => GrpcClientCall.Frame(message)).ToArray();
        for (var split = 0; split <= bytes.Length; split++)
        {
            using var decoder = new MessageDecoder(BytesMax, encoding: null);
            var sink = new Collected();
            var first = new ReadOnlySequence<byte>(bytes, 0, split);
            var taken = (int)first.Slice(0, decoder.Take(first, sink, out _)).Length;
            var rest = new ReadOnlySequence<byte>(bytes, taken, bytes.Length - taken);
            Assert.Equal(rest.End, decoder.Take(rest, sink, out _));
            Assert.Equal(Messages, sink.Messages);
        }
    }

    [Fact]
    public void Messages_are_found_in_pieces_of_every_size()
    {
        var bytes = Messages.SelectMany(message => GrpcClientCall.Frame(message)).ToArray();
        for (var size = 1; size <= bytes.Length; size++)
        {
            using var decoder = new MessageDecoder(BytesMax, encoding: null);
            var sink = new Collected();
            var pieces = Pieces.Of(bytes, size);
            Assert.Equal(pieces.End, decoder.Take(pieces, sink, out var hasRoom));
            Assert.True(hasRoom);
            Assert.Equal(Messages, sink.Messages);
        }
    }

    [Fact]
    public void A_message_cut_anywhere_is_not_taken()
    {
        var frame = GrpcClientCall.Frame([1, 2, 3]);
        for (var length = 0; length < frame.Length; length++)
        {
            using var decoder = new MessageDecoder(BytesMax, encoding: null);
            var sink = new Collected();
            var bytes = new ReadOnlySequence<byte>(frame, 0, length);
            Assert.Equal(bytes.Start, decoder.Take(bytes, sink, out var hasRoom));
            Assert.True(hasRoom);
            Assert.Empty(sink.Messages);
        }
    }

    [Fact]
    public void A_message_that_was_refused_is_offered_again()
    {
        using var decoder = new MessageDecoder(BytesMax, encoding: null);
        var sink = new Collected { Room = 1 };
        var bytes = Pieces.Of([.. GrpcClientCall.Frame([1]), .. GrpcClientCall.Frame([2])], 4);
        var taken = decoder.Take(bytes, sink, out var hasRoom);
        Assert.False(hasRoom);
        sink.Room = 1;
        Assert.Equal(bytes.End, decoder.Take(bytes.Slice(taken), sink, out hasRoom));
        Assert.Equal([[1], [2]], sink.Messages);
    }

    [Fact]
    public void A_message_over_the_limit_is_refused_by_its_header_alone()
    {
        using var decoder = new MessageDecoder(BytesMax, encoding: null);
        var refused = Assert.Throws<GrpcException>(() => decoder.Take(new ReadOnlySequence<byte>([0, 0, 0, 3, 233]), new Collected(), out _));
        Assert.Equal(StatusCode.ResourceExhausted, refused.Status.Code);
        Assert.Contains("1001", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_that_is_neither_0_nor_1_is_refused()
    {
        using var decoder = new MessageDecoder(BytesMax, encoding: null);
        Assert.Throws<GrpcException>(() => decoder.Take(new ReadOnlySequence<byte>([2, 0, 0, 0, 0]), new Collected(), out _));
    }

    [Fact]
    public void Gzip_messages_are_inflated_among_plain_ones()
    {
        using var decoder = new MessageDecoder(BytesMax, GzipInflater.Name);
        var sink = new Collected();
        var zeros = new byte[BytesMax];
        byte[] bytes = [.. GrpcClientCall.Frame([1]), .. GrpcClientCall.Frame(Gzip.Pack(zeros), true), .. GrpcClientCall.Frame(Gzip.Pack([2]), true)];
        for (var size = 1; size <= bytes.Length; size++)
        {
            sink.Messages.Clear();
            decoder.Take(Pieces.Of(bytes, size), sink, out _);
            Assert.Equal([[1], zeros, [2]], sink.Messages);
        }
    }

    [Fact]
    public void A_message_that_inflates_to_more_than_the_limit_is_refused()
    {
        using var decoder = new MessageDecoder(BytesMax, GzipInflater.Name);
        var bomb = new ReadOnlySequence<byte>(GrpcClientCall.Frame(Gzip.Pack(new byte[100_000]), compressed: true));
        var refused = Assert.Throws<GrpcException>(() => decoder.Take(bomb, new Collected(), out _));
        Assert.Equal(StatusCode.ResourceExhausted, refused.Status.Code);
    }

    [Fact]
    public void What_is_marked_as_gzip_and_is_not_is_refused()
    {
        using var decoder = new MessageDecoder(BytesMax, GzipInflater.Name);
        var bytes = new ReadOnlySequence<byte>(GrpcClientCall.Frame([1, 2, 3, 4], compressed: true));
        Assert.Equal(StatusCode.Internal, Assert.Throws<GrpcException>(() => decoder.Take(bytes, new Collected(), out _)).Status.Code);
    }

    private sealed class Collected : IMessageSink
    {
        public List<byte[]> Messages { get; } = [];

        public int Room { get; set; } = int.MaxValue;

        public bool TryTake(ReadOnlySpan<byte> message)
        {
            if (Room == 0) return false;
            Room--;
            Messages.Add(message.ToArray());
            return true;
        }
    }
}
