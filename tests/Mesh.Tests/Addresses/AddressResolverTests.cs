using Mesh.Addresses;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Mesh.Topics;
using Xunit;

namespace Mesh.Tests.Addresses;

/// <summary>What addresses lead to in a mesh, and reads of it.</summary>
public sealed class AddressResolverTests : IAsyncLifetime
{
    private readonly MemoryLogStore _store = new();
    private EmbeddedMesh _mesh = null!;
    private TopicPartitions _topics = null!;
    private AddressResolver _resolver = null!;

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store, new EmbeddedMeshOptions(), TimeProvider.System);
        _topics = new TopicPartitions(_mesh, new TopicHomes([PartitionRule.Parse("m:metrics")]));
        _resolver = new AddressResolver(_mesh, _topics);
    }

    public async Task DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task What_is_appended_to_a_topic_reaches_subscribers_though_its_partition_is_new()
    {
        await using var subscription = new TopicPartitions(_mesh, _topics.Homes).SubscribeAsync(new TopicFilter(null), TopicStart.Live).GetAsyncEnumerator();
        Assert.True(await subscription.MoveNextAsync());
        await _resolver.Resolve(StreamAddress.Parse("topic:metrics.cpu")).AppendAsync(Given.Keyed("metrics.cpu", "here"));
        do Assert.True(await subscription.MoveNextAsync());
        while (subscription.Current.Page.Count == 0); // where the new partition begins
        Assert.Equal(["here"], subscription.Current.Page.Bodies());
    }

    [Theory]
    [InlineData("channel:acct/agent7", StreamKind.Channel, "acct", "/agent7")]
    [InlineData("channel:acct", StreamKind.Channel, "acct", null)]
    [InlineData("queue:jobs", StreamKind.Queue, "jobs", null)]
    [InlineData("ring:a/b", StreamKind.Ring, "a/b", null)]
    [InlineData("topic:metrics.cpu", StreamKind.Partition, "m", "metrics.cpu")]
    [InlineData("partition:m", StreamKind.Partition, "m", null)]
    public async Task An_address_leads_to_its_stream_and_key(string text, StreamKind kind, string name, string? key)
    {
        var found = _resolver.Resolve(StreamAddress.Parse(text), "tenant");
        Assert.Equal((new StreamName("tenant", kind, name), key), (found.Stream, found.Key));
        await found.Log.AppendAsync(Given.Segment("here"));
        Assert.NotNull(await _mesh.Catalogue.FindAsync(found.Stream));
    }

    [Fact]
    public async Task A_room_leads_to_the_history_that_it_keeps_if_it_keeps_one()
    {
        var room = _resolver.Resolve(StreamAddress.Parse("room:lobby"));
        Assert.IsType<AppendResult.NoSuchStream>(await room.Log.AppendAsync(Given.Segment("gone")));
        await _mesh.Catalogue.CreateAsync(room.Stream, StreamOptions.Default, default);
        Assert.IsType<AppendResult.Appended>(await room.Log.AppendAsync(Given.Segment("kept")));
        Assert.Equal(StreamName.Room("lobby"), room.Stream);
    }

    [Fact]
    public async Task A_view_shows_the_streams_own_sequences()
    {
        var tree = _resolver.Resolve(StreamAddress.Parse("channel:acct"));
        foreach (var key in new[] { "/a", "/b", "/a", "/b/c", "/a" }) await tree.Log.AppendAsync(Given.Keyed(key, key));
        var view = _resolver.Resolve(StreamAddress.Parse("channel:acct/a"));
        var page = await view.ReadAsync(new ReadQuery(), new RecordFilter(view.Key, null, []));
        Assert.Equal([1, 3, 5], page.Sequences());
        Assert.Equal(6, page.Next.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task A_filtered_read_goes_on_where_it_ended_whatever_it_found(int recordsMax)
    {
        var tree = _resolver.Resolve(StreamAddress.Parse("channel:acct"));
        var expected = new List<long>();
        for (var i = 1; i <= 500; i++)
        {
            await tree.Log.AppendAsync(Given.Keyed(i % 7 == 0 ? "/wanted" : "/other", $"{i}"));
            if (i % 7 == 0) expected.Add(i);
        }

        var filter = new RecordFilter(null, "/want*", []);
        var ascending = await ReadAllAsync(new ReadQuery { RecordsMax = recordsMax, BytesMax = 100 });
        Assert.Equal(expected, ascending);
        var descending = await ReadAllAsync(ReadQuery.Last(recordsMax) with { BytesMax = 100 });
        Assert.Equal(expected.AsEnumerable().Reverse(), descending);

        async Task<List<long>> ReadAllAsync(ReadQuery query)
        {
            var all = new List<long>();
            while (true)
            {
                var page = await tree.ReadAsync(query, filter);
                Assert.InRange(page.Count, 0, recordsMax);
                all.AddRange(page.Sequences());
                if (FilteredReads.IsAtEnd(page, query.Backwards)) return all;
                query = query with { From = page.Next };
            }
        }
    }
}
