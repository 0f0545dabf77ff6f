using System.Buffers;
using Mesh.Engine.Claims;
using Xunit;

namespace Mesh.Engine.Tests.Claims;

/// <summary>What a table of claims costs, and how it counts; what claims promise is shown over whole queues.</summary>
public sealed class ClaimTableTests
{
    private static readonly ClaimTerms HalfADay = new(TimeSpan.FromHours(12), TimeSpan.Zero);
    private static readonly RecordTime Start = new(1_000_000_000);

    private long _journalBytes;

    [Fact]
    public void A_claim_ends_with_its_last_record()
    {
        var table = NewTable(records: 2);
        var claim = Claim(table, 2, Start);
        Assert.Equal(AckResult.Deleted, table.Ack(new Sequence(1), claim.Id, new Sequence(2)));
        Assert.Same(claim, table.Find(claim.Id));
        Assert.Equal(AckResult.Deleted, table.Ack(new Sequence(2), claim.Id, new Sequence(2)));
        Assert.Null(table.Find(claim.Id));
        Assert.False(table.Extend(claim.Id, HalfADay, Start));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Claims_that_are_done_leave_nothing_behind(bool isReleasedAndPopped)
    {
        const int Cycles = 50_000;
        var table = NewTable(records: 0);
        for (var i = 1; i <= Cycles; i++)
        {
            var now = Start.Plus(i);
            table.Advance(now);
            table.Examine(new RecordTerms(i, RecordTime.None, RecordTime.Max), now);
            var claim = Claim(table, 1, now);
            table.Extend(claim.Id, HalfADay, now);
            if (isReleasedAndPopped)
            {
                table.Release(claim.Id);
                table.Delete([i]);
            }
            else
            {
                table.Ack(new Sequence(i), claim.Id, new Sequence(i));
            }
        }

        table.Advance(Start.Plus(Cycles));
        Assert.Equal((0, 0, Cycles + 1L, Cycles + 1L), (table.Claims, table.Held, table.Low.Value, table.Frontier.Value));
        Assert.InRange(table.Awaited, 0, 5000);
        Assert.InRange(SnapshotBytes(table), 1, 20);
    }

    [Fact]
    public void A_backlog_costs_nothing()
    {
        var table = NewTable(records: 0);
        table.Advance(Start);
        Assert.Equal(1_000_000, table.CountThrough(new Sequence(1_000_000)));
        Assert.InRange(SnapshotBytes(table), 1, 20);
    }

    [Fact]
    public void Records_deleted_out_of_order_cost_a_bit_each_at_most()
    {
        const int Records = 1_000_000;
        var table = NewTable(records: 0);
        for (var sequence = 2; sequence <= Records; sequence++) table.Delete([sequence]);
        Assert.Equal(1, table.CountThrough(new Sequence(Records)));
        Assert.InRange(SnapshotBytes(table), 1, 20);
        table.Delete([1]);
        Assert.Equal(Records + 1, table.Low.Value);
    }

    [Fact]
    public void Beyond_its_bound_of_entries_it_says_that_it_is_full()
    {
        var table = NewTable(records: ClaimTable.EntriesMax - 1);
        Assert.False(table.IsFull);
        table.Examine(new RecordTerms(ClaimTable.EntriesMax, RecordTime.None, RecordTime.Max), Start);
        Assert.True(table.IsFull);
        table.Delete([1]);
        Assert.False(table.IsFull);
    }

    [Fact]
    public void A_spent_record_is_neither_free_nor_lost()
    {
        var table = new ClaimTable(_ => { }, deliveriesMax: 1);
        for (var sequence = 1; sequence <= 2; sequence++) table.Examine(new RecordTerms(sequence, RecordTime.None, RecordTime.Max), Start);
        table.Release(Claim(table, 1, Start).Id);
        Assert.Equal([2L], table.Free().Select(entry => entry.Sequence));
        var spent = Assert.Single(table.Spent());
        table.Bury(spent);
        Assert.Empty(table.Spent());
        table.Exhume(spent, Start);
        Assert.Equal([1L], table.Spent().Select(entry => entry.Sequence));
        Assert.Equal(AckResult.Deleted, table.Ack(new Sequence(1), null, new Sequence(2)));
        Assert.Empty(table.Spent());
    }

    [Fact]
    public void A_claim_of_ten_records_is_journaled_in_few_bytes()
    {
        var table = NewTable(records: 10);
        _journalBytes = 0;
        Claim(table, 10, Start);
        Assert.InRange(_journalBytes, 1, 200);
    }

    private ClaimTable NewTable(int records)
    {
        var table = new ClaimTable(change => _journalBytes += change.Length);
        for (var sequence = 1; sequence <= records; sequence++) table.Examine(new RecordTerms(sequence, RecordTime.None, RecordTime.Max), Start);
        return table;
    }

    private static LiveClaim Claim(ClaimTable table, int records, RecordTime now) =>
        table.Claim(new ClaimId(Guid.NewGuid()), [.. table.Free().Take(records)], HalfADay, now);

    private static int SnapshotBytes(ClaimTable table)
    {
        var snapshot = new ArrayBufferWriter<byte>();
        table.WriteSnapshot(snapshot);
        return snapshot.WrittenCount;
    }
}
