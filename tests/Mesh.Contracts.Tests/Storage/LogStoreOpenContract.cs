using System.Text;
using Mesh.Engine.Storage;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;
using Xunit;

namespace Mesh.Contracts.Tests.Storage;

/// <summary>Ownership: opening, creating, and what a new owner finds.</summary>
public abstract class LogStoreOpenContract(ILogStoreFixture fixture) : LogStoreContract(fixture)
{
    [ContractFact]
    public async Task A_missing_stream_is_created_only_when_asked()
    {
        var opened = await Store.OpenAsync([new OpenRequest(Name("a"), null), Creating(Name("b"))]);
        Assert.Null(opened[0]);
        Assert.Null(await Store.FindEntryAsync(Name("a")));
        Assert.True(opened[1]!.IsNew);
        Assert.Equal(Name("b"), opened[1]!.Entry.Name);
    }

    [ContractFact]
    public async Task A_new_stream_begins_at_sequence_one_with_nothing_before_it()
    {
        var opened = await OpenAsync();
        Assert.Equal((Sequence.First, Sequence.First, RecordTime.None), (opened.LowWatermark, opened.Next, opened.LastTime));
        Assert.Equal((null, null), (opened.FirstBatch, opened.LastBatch));
        Assert.True(opened.Snapshot.IsEmpty);
        Assert.Equal(0, opened.SnapshotThrough);
        Assert.Empty(opened.Journal);
    }

    [ContractFact]
    public async Task Each_opening_raises_the_token_and_only_the_first_is_new()
    {
        var first = await OpenAsync();
        var second = await OpenAsync();
        Assert.True(first.IsNew);
        Assert.False(second.IsNew);
        Assert.True(second.Token.Value > first.Token.Value);
        Assert.Equal(first.Entry.Number, second.Entry.Number);
    }

    [ContractFact]
    public async Task Options_metadata_and_creation_come_back_as_they_were_given()
    {
        var options = new StreamOptions { RetentionAge = TimeSpan.FromDays(3), RetentionCount = 7, DeliveryCountMax = 2, DeadLetterQueue = "dé\0ad" };
        byte[] metadata = [0, 1, 255];
        var name = new StreamName(Project, StreamKind.Queue, "q\0\u00e9\U0001F600");
        await Store.OpenAsync([new OpenRequest(name, new StreamSeed(options, metadata, new RecordTime(1234567)))]);
        foreach (var entry in new[] { (await Store.FindEntryAsync(name))!, (await Store.OpenAsync([new OpenRequest(name, null)]))[0]!.Entry })
        {
            Assert.Equal((name, options, new RecordTime(1234567)), (entry.Name, entry.Options, entry.Created));
            Assert.Equal(metadata, entry.Metadata.ToArray());
        }
    }

    [ContractFact]
    public async Task A_name_that_is_no_text_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => OpenAsync("half a pair: \ud800"));

    [ContractFact]
    public async Task A_new_owner_finds_where_the_stream_stands()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        var rows = new[] { feed.Batch(3, firstId: new RingId(5, 1)), feed.Batch(2, firstId: new RingId(ulong.MaxValue, 7)) };
        await AppendAsync(owner, rows);
        await RestartAsync();
        var opened = await OpenAsync();
        Assert.Equal((new Sequence(6), rows[1].Place.LastTime, Sequence.First), (opened.Next, opened.LastTime, opened.LowWatermark));
        Assert.Equal((rows[0].Place, rows[1].Place), (opened.FirstBatch!.Value, opened.LastBatch!.Value));
    }

    [ContractFact]
    public async Task A_new_owner_finds_the_snapshot_and_the_entries_after_it()
    {
        var owner = await OpenAsync();
        for (var number = 1; number <= 4; number++) await CommitAsync(Append(owner) with { Journal = Entry(number) });
        await CommitAsync(Append(owner) with { Snapshot = new SnapshotRow(2, Encoding.UTF8.GetBytes("first")) });
        await CommitAsync(Append(owner) with { Snapshot = new SnapshotRow(3, Encoding.UTF8.GetBytes("second")) });
        await RestartAsync();
        var opened = await OpenAsync();
        Assert.Equal((3L, "second"), (opened.SnapshotThrough, Encoding.UTF8.GetString(opened.Snapshot.Span)));
        var entry = Assert.Single(opened.Journal);
        Assert.Equal((4L, "entry 4"), (entry.Number, Encoding.UTF8.GetString(entry.Bytes)));
    }

    [ContractFact]
    public async Task Journal_entries_come_in_order_for_each_of_many_streams()
    {
        var owners = new[] { await OpenAsync("a"), await OpenAsync("b"), await OpenAsync("c") };
        for (var number = 1; number <= 12; number++)
            await Store.CommitAsync([.. owners.Take(2).Select(owner => Append(owner) with { Journal = Entry(number) })]);
        var opened = await Store.OpenAsync([.. owners.Select(owner => new OpenRequest(owner.Entry.Name, null))]);
        Assert.All(opened.Take(2), stream => Assert.Equal(Enumerable.Range(1, 12).Select(number => (long)number), stream!.Journal.Select(entry => entry.Number)));
        Assert.Empty(opened[2]!.Journal);
    }

    [ContractFact]
    public async Task Creating_the_same_streams_at_once_creates_each_once()
    {
        var stores = new[] { Store, await ConnectAsync() };
        string[] names = ["a", "b", "c", "d", "e"];
        var openings = Enumerable.Range(0, 16).Select(index => Task.Run(async () =>
        {
            var order = index % 2 == 0 ? names : names.Reverse();
            return await stores[index % 2].OpenAsync([.. order.Select(name => Creating(Name(name)))]);
        }));
        var opened = (await Task.WhenAll(openings)).SelectMany(streams => streams).Select(stream => stream!).ToList();
        Assert.Equal(5, opened.Count(stream => stream.IsNew));
        Assert.Equal(5, opened.Select(stream => stream.Entry.Number).Distinct().Count());
        Assert.Equal(opened.Count, opened.Select(stream => (stream.Entry.Number, stream.Token)).Distinct().Count());
    }
}
