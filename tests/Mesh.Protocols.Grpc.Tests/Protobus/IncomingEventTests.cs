using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.Protobus;
using Mesh.Topics;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Protobus;

public sealed class IncomingEventTests
{
    /// <summary>Topic t1, tag k=v, event time 1 s, transmit time 2 s, payload of type x/y.Z with the value hi.</summary>
    private static readonly byte[] Example = Convert.FromHexString("0a0274311206" + "0a016b120176" + "1a0208012202" + "0802" + "3a0b0a05782f792e5a12026869");

    /// <summary>When events come in: 3 s and 5,007 ns.</summary>
    private const long Received = 3_000_005_007;

    private const string Stamp = "2a05" + "0803" + "108f27";

    private static readonly RecordTime FourSeconds = new(4_000_000);

    [Fact]
    public void The_example_is_stored_under_its_topic_with_the_receive_time_before_it_and_the_payloads_size_behind_it()
    {
        var (topic, body) = Store(Example);
        Assert.Equal("t1", topic);
        Assert.Equal(Stamp + Convert.ToHexStringLower(Example) + "300b", Convert.ToHexStringLower(body));
    }

    [Fact]
    public void The_example_is_delivered_as_it_is_stored() => Assert.Equal(Convert.ToHexStringLower(Store(Example).Body), Convert.ToHexStringLower(Deliver(Example)));

    [Fact]
    public void An_event_stored_before_there_were_stamps_came_in_when_the_log_took_it()
    {
        using var segment = new SegmentWriter();
        segment.Add(new RecordFields { ContentType = ContentType.ProtobusEvent }, Example);
        Assert.Equal(Convert.ToHexStringLower(Example) + "2a020804", Convert.ToHexStringLower(Deliver(Batch(segment, 1), withPositions: false)));
    }

    [Fact]
    public void A_position_stands_behind_the_event()
    {
        var delivered = EncapsulatedEvent.Parser.ParseFrom(Deliver(Batch(Example), withPositions: true));
        Assert.Equal(("events", 1L), (delivered.Partition, delivered.Sequence));
    }

    [Fact]
    public void A_record_of_another_door_is_an_event_whose_payload_is_its_body()
    {
        using var segment = new SegmentWriter();
        var tags = new TagsWriter();
        tags.Add("k"u8, "v"u8);
        segment.Add(new RecordFields { Key = "t"u8, Tags = tags.Written, ContentType = ContentType.Json }, "{}"u8);
        segment.Add(new RecordFields { Key = "t"u8 }, default(ReadOnlySpan<byte>));
        var output = new Pipe();
        new EventDelivery(false).Write(output.Writer, TopicHomes.Events, Batch(segment, 2), int.MaxValue, out _);
        var seen = ReadEvents(output);
        Assert.Equal(("t", "v", "application/json", 4L), (seen[0].Topic, seen[0].Tags["k"], seen[0].Tags["content-type"], seen[0].ServerReceiveTime.Seconds));
        Assert.Equal("{}", seen[0].Payload.Unpack<BytesValue>().Value.ToStringUtf8());
        Assert.Equal(seen[0].Payload.CalculateSize(), seen[0].PayloadSize);
        Assert.Empty(seen[1].Tags);
        Assert.Empty(seen[1].Payload.Unpack<BytesValue>().Value);
        Assert.Equal(seen[1].Payload.CalculateSize(), seen[1].PayloadSize);
    }

    [Fact]
    public void Server_fields_of_the_client_are_cut_out_wherever_they_stand_and_nothing_else_changes()
    {
        var sent = Convert.FromHexString("2a00" + "30e707" + "0a0178" + "2a020801" + "a2060101" + "3007");
        Assert.Equal(Stamp + "0a0178" + "a2060101", Convert.ToHexStringLower(Store(sent).Body));
    }

    [Fact]
    public void Fields_with_the_numbers_of_the_servers_but_another_encoding_are_unknown_fields_and_kept()
    {
        var sent = Convert.FromHexString("2801" + "320101");
        Assert.Equal(Stamp + "2801" + "320101", Convert.ToHexStringLower(Store(sent).Body));
    }

    [Fact]
    public void Random_events_come_out_as_they_went_in_but_for_the_servers_fields()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var sent = RandomEvent(random);
            var expected = sent.Clone();
            expected.ServerReceiveTime = new Timestamp { Seconds = 3, Nanos = 5007 };
            expected.PayloadSize = sent.Payload?.CalculateSize() ?? 0;
            Assert.True(expected.Equals(EncapsulatedEvent.Parser.ParseFrom(Deliver(sent.ToByteArray()))), $"seed {seed}, round {round}: {sent}");
        }
    }

    [Fact]
    public void Whatever_is_taken_of_damaged_events_a_clients_parser_takes_too()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (taken, refused) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = RandomEvent(random).ToByteArray();
            for (var i = random.Next(3); i >= 0 && bytes.Length > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var isTaken = Record.Exception(() => Store(bytes)) switch
            {
                null => true,
                GrpcException { Status.Code: StatusCode.InvalidArgument } => false,
                var other => throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToHexString(bytes)}", other),
            };
            if (isTaken) taken++;
            else refused++;
            if (isTaken) _ = EncapsulatedEvent.Parser.ParseFrom(Deliver(bytes));
        }

        Assert.True(taken > 1000 && refused > 1000, $"seed {seed}: {taken} taken, {refused} refused");
    }

    [Fact]
    public void An_event_cut_anywhere_but_between_its_fields_is_refused()
    {
        int[] boundaries = [0, 4, 12, 16, 20, Example.Length];
        for (var length = 0; length <= Example.Length; length++)
        {
            var refused = Record.Exception(() => Store(Example[..length]));
            Assert.Equal(!boundaries.Contains(length), refused is GrpcException);
        }
    }

    [Theory]
    [InlineData("0a02ff41", "the topic is not UTF-8")]
    [InlineData("12040a02ff41", "tag")]
    [InlineData("3a040a02ff41", "type URL")]
    [InlineData("07", "7 is no tag")]
    [InlineData("0f", "wire type")]
    [InlineData("0c", "was not started")]
    [InlineData("a306", "within")]
    [InlineData("a306ac06", "ends the group")]
    [InlineData("1a0108", "within a number")]
    [InlineData("0affffffffffffffffff01", "are left")]
    public void What_is_wrong_with_an_event_is_named(string hex, string reason)
    {
        var refused = Assert.Throws<GrpcException>(() => Store(Convert.FromHexString(hex)));
        Assert.Equal(StatusCode.InvalidArgument, refused.Status.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_of_unknown_fields_are_kept_to_a_bounded_depth()
    {
        var kept = Convert.FromHexString(string.Concat(Enumerable.Repeat("a306", 64)) + string.Concat(Enumerable.Repeat("a406", 64)));
        Assert.Equal(kept, Store(kept).Body[(Stamp.Length / 2)..]);
        var deep = Convert.FromHexString(string.Concat(Enumerable.Repeat("a306", 100_000)));
        Assert.Throws<GrpcException>(() => Store(deep));
    }

    [Fact]
    public void A_topic_over_the_limit_is_refused()
    {
        var message = new EncapsulatedEvent { Topic = new string('t', 4097) }.ToByteArray();
        Assert.Contains("4096", Assert.Throws<GrpcException>(() => Store(message)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_events_are_delivered_whole_in_parts_of_any_size()
    {
        var random = new Random(1);
        var sent = Enumerable.Range(0, 200).Select(_ => RandomEvent(random)).ToList();
        var batch = Batch([.. sent.Select(message => message.ToByteArray())]);
        foreach (var bytesMax in (int[])[1, 100, 5000, int.MaxValue])
        {
            var output = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 128));
            var delivery = new EventDelivery(false);
            for (var left = batch; left.Count > 0;) left = delivery.Write(output.Writer, TopicHomes.Events, left, bytesMax, out _);
            Assert.Equal(sent.Select(message => message.Topic), ReadEvents(output).Select(message => message.Topic));
        }
    }

    private static List<EncapsulatedEvent> ReadEvents(Pipe output)
    {
        output.Writer.Complete();
        Assert.True(output.Reader.TryRead(out var read));
        using var decoder = new MessageDecoder(int.MaxValue, null);
        var sink = new Events();
        Assert.Equal(read.Buffer.End, decoder.Take(read.Buffer, sink, out _));
        return sink.Seen;
    }

    private static EncapsulatedEvent RandomEvent(Random random)
    {
        var message = new EncapsulatedEvent { Topic = RandomText(random) };
        for (var tags = random.Next(3); tags > 0; tags--) message.Tags[RandomText(random)] = RandomText(random);
        if (random.Next(2) == 0) message.ClientEventTime = new Timestamp { Seconds = random.NextInt64(1L << 32), Nanos = random.Next(1_000_000_000) };
        if (random.Next(2) == 0) message.ClientTransmitTime = new Timestamp();
        if (random.Next(3) == 0) message.ServerReceiveTime = new Timestamp { Seconds = random.Next(10) };
        if (random.Next(3) == 0) message.PayloadSize = random.NextInt64();
        if (random.Next(4) == 0) return message;
        var value = new byte[random.Next(300)];
        random.NextBytes(value);
        message.Payload = new Any { TypeUrl = RandomText(random), Value = ByteString.CopyFrom(value) };
        return message;
    }

    private static string RandomText(Random random) => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "abü😀\n"[random.Next(3)]));

    private static (string Topic, byte[] Body) Store(byte[] message)
    {
        foreach (var record in Batch(message))
        {
            Assert.Equal(ContentType.ProtobusEvent, record.ContentType);
            return (System.Text.Encoding.UTF8.GetString(record.Key), record.Body.ToArray());
        }

        throw new InvalidOperationException("No record.");
    }

    private static byte[] Deliver(byte[] message) => Deliver(Batch(message), withPositions: false);

    private static byte[] Deliver(BatchSlice events, bool withPositions)
    {
        var output = new Pipe();
        new EventDelivery(withPositions).Write(output.Writer, TopicHomes.Events, events, int.MaxValue, out _);
        output.Writer.Complete();
        output.Reader.TryRead(out var read);
        return read.Buffer.ToArray()[FrameHeader.Bytes..];
    }

    private static BatchSlice Batch(params byte[][] messages)
    {
        using var segment = new SegmentWriter();
        foreach (var message in messages) IncomingEvent.Parse(message, new GrpcOptions().TopicBytesMax).AddTo(segment, Received);
        return Batch(segment, messages.Length);
    }

    private static BatchSlice Batch(SegmentWriter segment, int count)
    {
        var records = segment.Finish().Span;
        var header = new BatchHeader(Sequence.First, FourSeconds, count, records.Length, null);
        var batch = new byte[header.TotalBytes];
        header.Write(batch);
        records.CopyTo(batch.AsSpan(header.HeaderBytes));
        return BatchSlice.Whole(batch, header);
    }

    private sealed class Events : IMessageSink
    {
        public List<EncapsulatedEvent> Seen { get; } = [];

        public bool TryTake(ReadOnlySpan<byte> message)
        {
            Seen.Add(EncapsulatedEvent.Parser.ParseFrom(message));
            return true;
        }
    }
}
