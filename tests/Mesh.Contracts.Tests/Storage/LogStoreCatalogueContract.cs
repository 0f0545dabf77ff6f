using Mesh.Engine.Storage;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;
using Xunit;

namespace Mesh.Contracts.Tests.Storage;

/// <summary>The catalogue: listing, counting, changing.</summary>
public abstract class LogStoreCatalogueContract(ILogStoreFixture fixture) : LogStoreContract(fixture)
{
    [ContractFact]
    public async Task Streams_are_listed_by_code_point_after_a_marker()
    {
        // UTF-16 units would put the smiley before the full-width letter, and many locales "a" before "B".
        string[] names = ["B", "Z", "a", "a\0b", "a-", "aa", "\u00e9", "\uff5e", "\U0001F600"];
        await Store.OpenAsync([.. names.Reverse().Select(name => Creating(Name(name)))]);
        Assert.Equal(names, await ListAsync("", 1000));
        Assert.Equal(names.Take(4), await ListAsync("", 4));
        Assert.Equal(names.Skip(4).Take(3), await ListAsync(names[3], 3));
        Assert.Equal(["\U0001F600"], await ListAsync("\uffff", 1000));
        Assert.Equal(["Z", "a"], await ListAsync("Bernard", 2));
        Assert.Empty(await ListAsync("\U0001F600", 1000));
    }

    [ContractFact]
    public async Task Kinds_and_projects_are_listed_and_counted_apart()
    {
        await Store.OpenAsync([Creating(StreamName.Queue("q", Project)), Creating(StreamName.Ring("r1", Project)), Creating(StreamName.Ring("r2", Project))]);
        Assert.Equal(["r1", "r2"], await ListAsync("", 10));
        Assert.Equal(2, await Store.CountEntriesAsync(Project, StreamKind.Ring));
        Assert.Equal(1, await Store.CountEntriesAsync(Project, StreamKind.Queue));
        Assert.Equal(0, await Store.CountEntriesAsync(Project + "x", StreamKind.Ring));
        await Store.DeleteAsync(Name("r1"));
        Assert.Equal(1, await Store.CountEntriesAsync(Project, StreamKind.Ring));
        Assert.Equal(["r2"], await ListAsync("", 10));
    }

    [ContractFact]
    public async Task A_list_has_at_most_a_thousand_names() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ListAsync("", StorageLimits.EntriesMax + 1));

    [ContractFact]
    public async Task All_streams_are_listed_by_number_with_what_they_keep_and_their_oldest_batch()
    {
        var options = new StreamOptions { RetentionAge = TimeSpan.FromSeconds(9) };
        var requests = new[] { StreamName.Queue("none", Project), StreamName.Channel("some\0", Project), StreamName.Ring("cut", Project), StreamName.Ring("gone", Project) };
        var opened = new List<OpenedStream>();
        foreach (var name in requests) opened.Add((await Store.OpenAsync([new OpenRequest(name, new StreamSeed(options, new byte[] { 1 }, new RecordTime(1)))]))[0]!);
        await Store.DeleteAsync(requests[3]);
        var rows = new[] { new BatchFeed().Batch(3), new BatchFeed().Batch(2, firstId: new RingId(5, 1)) };
        await AppendAsync(opened[1], rows[0]);
        await AppendAsync(opened[2], rows[1]);
        await CommitAsync(Append(opened[2]) with { Trim = new TrimRow(new Sequence(2), new Sequence(3), rows[1].Place.LastTime) });
        var before = new StreamNumber(opened[0].Entry.Number.Value - 1);
        var listed = await Store.ListStoredAsync(before, 1000);
        Assert.Equal(
            [
                new StoredStream(opened[0].Entry.Number, requests[0], options, Sequence.First, null),
                new StoredStream(opened[1].Entry.Number, requests[1], options, Sequence.First, rows[0].Place),
                new StoredStream(opened[2].Entry.Number, requests[2], options, new Sequence(2), rows[1].Place),
            ],
            listed.Where(stream => stream.Name.Project == Project));
        Assert.Equal(opened[0].Entry.Number, Assert.Single(await Store.ListStoredAsync(before, 1)).Number);
    }

    [ContractFact]
    public async Task Changed_options_and_metadata_outlive_a_restart_and_leave_the_rest_alone()
    {
        var opened = await OpenAsync();
        var options = new StreamOptions { RetentionBytes = 99 };
        Assert.True(await Store.UpdateEntryAsync(opened.Entry.Number, options, new byte[] { 4, 2 }));
        await RestartAsync();
        var entry = (await Store.FindEntryAsync(Name("s")))!;
        Assert.Equal((options, opened.Entry.Number, opened.Entry.Created), (entry.Options, entry.Number, entry.Created));
        Assert.Equal(new byte[] { 4, 2 }, entry.Metadata.ToArray());
    }

    [ContractFact]
    public async Task A_stream_that_is_gone_cannot_be_changed()
    {
        var opened = await OpenAsync();
        await Store.DeleteAsync(Name("s"));
        Assert.False(await Store.UpdateEntryAsync(opened.Entry.Number, StreamOptions.Default, ReadOnlyMemory<byte>.Empty));
    }

    [ContractFact]
    public async Task A_stream_keeps_the_number_that_another_store_gave_it()
    {
        var number = new StreamNumber((await OpenAsync("own")).Entry.Number.Value + 1_000_000);
        var request = new OpenRequest(Name("given"), new StreamSeed(StreamOptions.Default, ReadOnlyMemory<byte>.Empty, new RecordTime(1), number));
        var opened = (await Store.OpenAsync([request]))[0]!;
        Assert.Equal((number, true), (opened.Entry.Number, opened.IsNew));
        Assert.Equal(CommitOutcome.Committed, await AppendAsync(opened, new BatchFeed().Batch(2)));
        await RestartAsync();
        var again = (await Store.OpenAsync([request with { Create = request.Create! with { Number = new StreamNumber(number.Value + 1) } }]))[0]!;
        Assert.Equal((number, false, new Sequence(3)), (again.Entry.Number, again.IsNew, again.Next));
        Assert.Contains(await Store.ListStoredAsync(new StreamNumber(number.Value - 1), 1), stream => stream.Name == Name("given"));
    }

    [ContractFact]
    public async Task A_stream_of_another_number_than_the_one_meant_is_not_deleted()
    {
        var number = (await OpenAsync()).Entry.Number;
        Assert.Null(await Store.DeleteAsync(Name("s"), new StreamNumber(number.Value + 1)));
        Assert.Equal(number, (await Store.FindEntryAsync(Name("s")))!.Number);
        Assert.Equal(number, await Store.DeleteAsync(Name("s"), number));
        Assert.Null(await Store.FindEntryAsync(Name("s")));
    }

    private async Task<List<string>> ListAsync(string after, int limit) =>
        [.. (await Store.ListEntriesAsync(Project, StreamKind.Ring, after, limit)).Select(entry => entry.Name.Name)];
}
