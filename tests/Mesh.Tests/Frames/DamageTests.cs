using System.Buffers.Binary;
using Mesh.Frames;
using Xunit;

namespace Mesh.Tests.Frames;

/// <summary>Damaged bytes are told, never served.</summary>
public sealed class DamageTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void A_batch_with_any_byte_changed_is_refused(int seed)
    {
        var batch = BatchSample.Random(new Random(seed), segmentsMax: 3, recordsMax: 3);
        for (var at = 0; at < batch.Bytes.Length; at++)
        {
            foreach (var change in new byte[] { 0x01, 0x80, 0xFF })
            {
                batch.Bytes[at] ^= change;
                Assert.Throws<CorruptFrameException>(() => Batch.Check(batch.Bytes));
                batch.Bytes[at] ^= change;
            }
        }

        Assert.Equal(batch.Header, Batch.Check(batch.Bytes));
    }

    [Fact]
    public void A_batch_that_is_cut_short_or_longer_is_refused()
    {
        var batch = BatchSample.Random(new Random(7), segmentsMax: 2, recordsMax: 2);
        for (var length = 0; length < batch.Bytes.Length; length++) Assert.Throws<CorruptFrameException>(() => Batch.Check(batch.Bytes.AsSpan(0, length)));
        Assert.Throws<CorruptFrameException>(() => Batch.Check([.. batch.Bytes, 0]));
        Assert.Throws<CorruptFrameException>(() => Batch.Check([.. batch.Bytes, .. batch.Bytes]));
    }

    [Fact]
    public void A_header_that_is_sound_but_lies_is_refused()
    {
        var batch = BatchSample.Random(new Random(8));
        var segments = batch.Bytes.AsMemory(batch.Header.HeaderBytes);
        Refused(batch.Header with { Count = batch.Header.Count + 1 });
        Refused(batch.Header with { Count = 0 });
        Refused(batch.Header with { Count = -1 });
        Assert.Throws<CorruptFrameException>(() => Batch.Check(BatchSample.Join(batch.Header with { Count = 0, SegmentBytes = 0 })));
        var negative = new byte[FrameFormat.BatchHeaderWithIdBytes];
        (batch.Header with { SegmentBytes = int.MinValue }).Write(negative);
        Assert.Throws<CorruptFrameException>(() => Batch.Check(negative));

        void Refused(BatchHeader header) => Assert.Throws<CorruptFrameException>(() => Batch.Check(BatchSample.Join(header, segments)));
    }

    [Theory]
    [InlineData(4, 3)] // count
    [InlineData(8, 1000)] // length
    [InlineData(8, uint.MaxValue)]
    [InlineData(0, 0x80000002)] // marker of a later version
    public void A_segment_that_claims_what_it_does_not_hold_is_refused(int at, uint value)
    {
        var segment = SegmentOf("a"u8, "b"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(at), value);
        Assert.Throws<CorruptFrameException>(() => Segment.Check(segment, out _));
    }

    [Theory]
    [InlineData("00000000")] // a record of no bytes
    [InlineData("FFFFFF7F00")]
    [InlineData("02000000" + "00")]
    [InlineData("01000000" + "00" + "0000")]
    [InlineData("00000080" + "00")]
    public void A_segment_with_a_sound_checksum_and_unsound_records_is_refused(string records)
    {
        var bytes = Convert.FromHexString(records);
        var segment = new byte[FrameFormat.SegmentHeaderBytes + bytes.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, FrameFormat.SegmentMarker);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(8), (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(12), Crc32C.Compute(bytes));
        bytes.CopyTo(segment, FrameFormat.SegmentHeaderBytes);
        Assert.Throws<CorruptFrameException>(() => Segment.Check(segment, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")] // the reserved flag
    [InlineData("40" + "0100000000000000" + "02000000000000")] // an id cut short
    [InlineData("10")]
    [InlineData("10" + "FFFFFFFFFFFFFFFFFF01")] // a time beyond 63 bits
    [InlineData("20" + "FFFFFFFFFFFFFFFFFF01")]
    [InlineData("04")]
    [InlineData("04" + "00" + "05" + "61")]
    [InlineData("01" + "02" + "61")]
    [InlineData("02" + "FFFFFFFF0F")]
    [InlineData("08" + "01")]
    public void A_record_whose_fields_do_not_fit_is_refused(string hex) =>
        Assert.Throws<CorruptFrameException>(() => new RecordView(Sequence.First, new RecordTime(1), RingId.None, Convert.FromHexString(hex)).Body.Length);

    [Fact]
    public void Random_bytes_as_a_record_are_read_or_refused_and_nothing_else()
    {
        const int Seed = 99;
        var random = new Random(Seed);
        var (read, refused) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            bytes[0] = (byte)(1 << random.Next(8));
            try
            {
                var record = new RecordView(Sequence.First, new RecordTime(1), RingId.None, bytes);
                Assert.True(record.ExpiresAt.Micros >= 0 && record.VisibleAt.Micros >= 0);
                var tags = new TagsReader(record.Tags);
                while (tags.MoveNext()) read++;
                read++;
            }
            catch (CorruptFrameException)
            {
                refused++;
            }
        }

        Assert.True(read > 1000 && refused > 1000, $"seed {Seed}: {read} read, {refused} refused");
    }

    private static byte[] SegmentOf(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        using var writer = new SegmentWriter();
        writer.Add(default, one);
        writer.Add(default, other);
        return writer.Finish().ToArray();
    }
}
