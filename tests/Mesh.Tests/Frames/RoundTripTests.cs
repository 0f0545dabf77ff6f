using System.Buffers;
using Mesh.Frames;
using Xunit;

namespace Mesh.Tests.Frames;

/// <summary>What is written comes back, however it is cut.</summary>
public sealed class RoundTripTests
{
    private const int Rounds = 300;

    public static TheoryData<int> Seeds => [1, 20260301, 987654321];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_batch_gives_back_its_records_with_their_places(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var batch = BatchSample.Random(random);
            Assert.Equal(batch.Header, Batch.Check(batch.Bytes));
            AssertRecords(batch, BatchSlice.Whole(batch.Bytes, batch.Header), 0, batch.Records.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_part_of_a_slice_is_what_a_part_of_a_list_is(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var batch = BatchSample.Random(random);
            var (slice, start, count) = (BatchSlice.Whole(batch.Bytes, batch.Header), 0, batch.Records.Count);
            for (var cuts = 0; cuts < 4; cuts++)
            {
                var (skip, take) = (random.Next(count + 1), random.Next(count + 3));
                slice = slice.Part(skip, take);
                (start, count) = (start + skip, Math.Min(take, count - skip));
                AssertRecords(batch, slice, start, count);
                slice = slice.CutOut();
                AssertRecords(batch, slice, start, count);
                if (count > 0) AssertRecords(batch, slice.Within(batch.Header.First.Plus(start + 1), Sequence.Max) ?? slice.Part(0, 0), start + 1, count - 1);
            }
        }
    }

    [Fact]
    public void A_slice_of_one_record_begins_where_the_walker_stood()
    {
        var batch = BatchSample.Random(new Random(5), segmentsMax: 8, recordsMax: 8);
        var walker = BatchSlice.Whole(batch.Bytes, batch.Header).GetEnumerator();
        for (var i = 0; walker.MoveNext(); i++) AssertRecords(batch, new BatchSlice(batch.Bytes, walker.Offset, walker.Index, 1), i, 1);
    }

    [Fact]
    public void A_page_walks_over_all_its_slices()
    {
        var (one, two) = (BatchSample.Random(new Random(1)), BatchSample.Random(new Random(2)));
        var slices = new[] { BatchSlice.Whole(one.Bytes, one.Header), BatchSlice.Whole(two.Bytes, two.Header).Part(0, 0), BatchSlice.Whole(two.Bytes, two.Header) };
        var page = new RecordPage(slices, Sequence.First, Sequence.First, Sequence.First);
        List<RecordSample> expected = [.. one.Records, .. two.Records];
        Assert.Equal(expected.Count, page.Count);
        var i = 0;
        foreach (var record in page) expected[i++].AssertIs(record);
        Assert.Equal(expected.Count, i);
        foreach (var record in RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None)) Assert.Fail($"An empty page gave {record.Sequence}.");
    }

    [Fact]
    public void A_body_may_come_in_pieces()
    {
        var body = new byte[5000];
        new Random(3).NextBytes(body);
        using var whole = new SegmentWriter();
        using var pieces = new SegmentWriter(1);
        using var sequence = new SegmentWriter();
        var fields = new RecordFields { Key = "k"u8 };
        whole.Add(fields, body);
        pieces.Begin(fields, 0);
        for (var at = 0; at < body.Length; at += 7) pieces.Write(body.AsSpan(at, Math.Min(7, body.Length - at)));
        pieces.End();
        var first = new Piece(body.AsMemory(0, 1));
        var last = first.Then(body.AsMemory(1, 3000)).Then(ReadOnlyMemory<byte>.Empty).Then(body.AsMemory(3001));
        sequence.Add(fields, new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));
        Assert.Equal(whole.Finish().ToArray(), pieces.Finish().ToArray());
        Assert.Equal(whole.Finish().ToArray(), sequence.Finish().ToArray());
    }

    [Fact]
    public void A_writer_is_used_again_after_a_reset()
    {
        using var writer = new SegmentWriter();
        writer.Add(default, "first"u8);
        var first = writer.Finish().ToArray();
        writer.Begin(default, 0);
        writer.Reset();
        writer.Add(default, "first"u8);
        Assert.Equal(first, writer.Finish().ToArray());
    }

    [Fact]
    public void A_writer_that_is_misused_says_so()
    {
        using var writer = new SegmentWriter();
        Assert.Throws<InvalidOperationException>(() => writer.Finish());
        Assert.Throws<InvalidOperationException>(writer.End);
        writer.Begin(default, 0);
        Assert.Throws<InvalidOperationException>(() => writer.Begin(default, 0));
        writer.End();
        writer.Begin(default, 0);
        Assert.Throws<InvalidOperationException>(() => writer.Finish());
    }

    [Fact]
    public void A_segment_that_would_be_too_large_is_refused_by_name()
    {
        using var writer = new SegmentWriter();
        var mebibyte = new byte[1024 * 1024];
        var refused = Assert.Throws<ArgumentException>(() =>
        {
            for (var i = 0; i < 65; i++) writer.Add(default, mebibyte);
        });
        Assert.Contains(FrameFormat.SegmentBytesMax.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
        writer.Reset();
        Assert.Throws<ArgumentException>(() => writer.Begin(default, int.MaxValue));
    }

    [Fact]
    public void Times_that_would_run_over_are_the_greatest_there_is()
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { TtlMicros = long.MaxValue, DelayMicros = long.MaxValue - 5 }, []);
        var segment = writer.Finish();
        var record = new RecordView(Sequence.First, new RecordTime(6), RingId.None, segment.Span[(FrameFormat.SegmentHeaderBytes + sizeof(uint))..]);
        Assert.Equal((RecordTime.Max, RecordTime.Max), (record.ExpiresAt, record.VisibleAt));
    }

    [Fact]
    public void Walking_allocates_nothing_for_a_record()
    {
        using var writer = new SegmentWriter();
        var tags = new TagsWriter();
        tags.Add("name"u8, "value"u8);
        for (var i = 0; i < 1000; i++) writer.Add(new RecordFields { Key = "key"u8, Producer = "me"u8, Tags = tags.Written, ContentType = ContentType.Json }, "[1]"u8);
        var segment = writer.Finish().ToArray();
        var header = new BatchHeader(Sequence.First, new RecordTime(1), 1000, segment.Length, RingId.None);
        var page = new RecordPage([BatchSlice.Whole(BatchSample.Join(header, segment), header)], Sequence.First, Sequence.First, Sequence.First);
        Walk(page); // compiled before it is measured
        var before = GC.GetAllocatedBytesForCurrentThread();
        var bytes = Walk(page);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000 * (3 + 2 + 5 + 3), bytes);
    }

    private static int Walk(RecordPage page)
    {
        var bytes = 0;
        foreach (var record in page)
        {
            if (!TagsReader.TryFind(record.Tags, "name"u8, out var value)) throw new InvalidOperationException("The tag is missing.");
            bytes += record.Key.Length + record.Producer.Length + value.Length + record.Body.Length;
        }

        return bytes;
    }

    private static void AssertRecords(BatchSample batch, BatchSlice slice, int start, int count)
    {
        Assert.Equal(count, slice.Count);
        var i = start;
        foreach (var record in slice)
        {
            batch.Records[i].AssertIs(record);
            Assert.Equal((batch.Header.First.Plus(i), batch.Header.FirstTime.Plus(i)), (record.Sequence, record.Time));
            if (!record.HasExplicitId) Assert.Equal(batch.Header.FirstId?.Plus(i) ?? RingId.None, record.Id);
            i++;
        }

        Assert.Equal(start + count, i);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
