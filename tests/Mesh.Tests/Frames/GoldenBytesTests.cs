using Mesh.Frames;
using Xunit;

namespace Mesh.Tests.Frames;

/// <summary>FORMAT.md, byte for byte. What is written here is on somebody's disk: a change of any of these needs a new version.</summary>
public sealed class GoldenBytesTests
{
    private const string PlainRecord = "03000000" + "00" + "6869";

    private const string FullRecord =
        "24000000" // length
        + "7F" // flags: all
        + "0100000000000000" + "0200000000000000" // id 1-2
        + "AC02" // lives 300 µs
        + "8001" // delayed 128 µs
        + "00" + "03612F62" // content type a/b
        + "016B" // key k
        + "0170" // producer p
        + "04" + "016E" + "0176" // tag n = v
        + "42"; // body B

    private const string WholeSegment =
        "01000080" // marker, version 1
        + "02000000" // records
        + "2F000000" // bytes of the records
        + "08E411ED" // their checksum
        + PlainRecord + FullRecord;

    private const string PlainHeader =
        "4D534231" // MSB1
        + "00000000" // flags
        + "0700000000000000" // first sequence 7
        + "0010AF35F54B0600" // 1,772,366,400,000,000 µs: 1 March 2026, noon
        + "04000000" // records
        + "7E000000" // bytes of the segments
        + "4264D275"; // checksum

    private const string HeaderWithId =
        "4D534231"
        + "01000000" // flags: the first id is there
        + "0700000000000000"
        + "0010AF35F54B0600"
        + "02000000"
        + "3F000000"
        + "000A45A99C010000" + "0300000000000000" // id 1772366400000-3
        + "4E75540B";

    private static readonly RecordTime Noon = RecordTime.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_segment()
    {
        using var writer = new SegmentWriter();
        WriteBoth(writer);
        Assert.Equal(WholeSegment, Convert.ToHexString(writer.Finish().Span));
        Assert.Equal(2, Segment.CountOf(writer.Finish().Span));
        Assert.Equal(writer.Length, Segment.Check(Convert.FromHexString(WholeSegment), out var count));
        Assert.Equal(2, count);
    }

    [Theory]
    [InlineData("key", "01" + "03616263")]
    [InlineData("producer", "02" + "03616263")]
    [InlineData("content type name", "04" + "0003616263")]
    [InlineData("json", "04" + "01")]
    [InlineData("fields", "04" + "02")]
    [InlineData("protobus", "04" + "03")]
    [InlineData("text", "04" + "04")]
    [InlineData("bytes", "00")]
    [InlineData("tags", "08" + "03616263")]
    [InlineData("ttl", "10" + "8080808010")]
    [InlineData("delay", "20" + "FFFFFFFFFFFFFFFF7F")]
    [InlineData("id", "40" + "FFFFFFFFFFFFFFFF" + "0A00000000000000")]
    public void Each_field_of_a_record_alone(string field, string hex)
    {
        using var writer = new SegmentWriter();
        writer.Add(Only(field), "!"u8);
        var record = Convert.ToHexString(writer.Finish().Span[(FrameFormat.SegmentHeaderBytes + sizeof(uint))..]);
        Assert.Equal(hex + "21", record);
    }

    [Fact]
    public void A_batch()
    {
        var header = new BatchHeader(new Sequence(7), Noon, 4, 126, null);
        var bytes = BatchSample.Join(header, Convert.FromHexString(WholeSegment), Convert.FromHexString(WholeSegment));
        Assert.Equal(PlainHeader + WholeSegment + WholeSegment, Convert.ToHexString(bytes));
        Assert.Equal(header, Batch.Check(bytes));
        Assert.Equal((new Sequence(10), Noon.Plus(3)), (header.Last, header.LastTime));
    }

    [Fact]
    public void A_batch_of_a_ring()
    {
        var header = new BatchHeader(new Sequence(7), Noon, 2, 63, new RingId(1772366400000, 3));
        var bytes = BatchSample.Join(header, Convert.FromHexString(WholeSegment));
        Assert.Equal(HeaderWithId + WholeSegment, Convert.ToHexString(bytes));
        Assert.Equal(header, Batch.Check(bytes));

        var walker = BatchSlice.Whole(bytes, header).GetEnumerator();
        Assert.True(walker.MoveNext());
        Assert.Equal((new Sequence(7), Noon, new RingId(1772366400000, 3)), (walker.Current.Sequence, walker.Current.Time, walker.Current.Id));
        Assert.Equal("hi"u8, walker.Current.Body);
        Assert.True(walker.MoveNext());
        Assert.Equal((new Sequence(8), Noon.Plus(1), new RingId(1, 2)), (walker.Current.Sequence, walker.Current.Time, walker.Current.Id));
        Assert.Equal((Noon.Plus(1 + 300), Noon.Plus(1 + 128)), (walker.Current.ExpiresAt, walker.Current.VisibleAt));
        Assert.False(walker.MoveNext());
    }

    [Fact]
    public void Stream_options()
    {
        const string All = """{"retentionAge":"00:02:00","retentionCount":5,"retentionBytes":6,"dedupeWindow":"00:10:00","deliveryCountMax":3,"deadLetterQueue":"dead","deadLetterTtl":"1.00:00:00"}""";
        var options = new StreamOptions
        {
            RetentionAge = TimeSpan.FromMinutes(2),
            RetentionCount = 5,
            RetentionBytes = 6,
            DedupeWindow = TimeSpan.FromMinutes(10),
            DeliveryCountMax = 3,
            DeadLetterQueue = "dead",
            DeadLetterTtl = TimeSpan.FromDays(1),
        };
        Assert.Equal(All, options.ToJson());
        Assert.Equal(options, StreamOptions.FromJson(All));
        Assert.Equal("""{"dedupeWindow":"00:02:00"}""", StreamOptions.Default.ToJson());
        Assert.Equal(StreamOptions.Default, StreamOptions.FromJson("{}"));
    }

    private static void WriteBoth(SegmentWriter writer)
    {
        var tags = new TagsWriter();
        tags.Add("n"u8, "v"u8);
        var fields = new RecordFields
        {
            Id = new RingId(1, 2),
            TtlMicros = 300,
            DelayMicros = 128,
            ContentTypeName = "a/b"u8,
            Key = "k"u8,
            Producer = "p"u8,
            Tags = tags.Written,
        };
        writer.Add(default, "hi"u8);
        writer.Add(fields, "B"u8);
    }

    private static RecordFields Only(string field)
    {
        var fields = new RecordFields { ContentType = ContentType.Bytes };
        switch (field)
        {
            case "key": fields.Key = "abc"u8; break;
            case "producer": fields.Producer = "abc"u8; break;
            case "tags": fields.Tags = "abc"u8; break;
            case "ttl": fields.TtlMicros = 1L << 32; break;
            case "delay": fields.DelayMicros = long.MaxValue; break;
            case "id": fields.Id = new RingId(ulong.MaxValue, 10); break;
            case "json": fields.ContentType = ContentType.Json; break;
            case "fields": fields.ContentType = ContentType.RespFields; break;
            case "protobus": fields.ContentType = ContentType.ProtobusEvent; break;
            case "text": fields.ContentType = ContentType.Text; break;
            case "content type name":
                fields.ContentType = ContentType.Other;
                fields.ContentTypeName = "abc"u8;
                break;
        }

        return fields;
    }
}
