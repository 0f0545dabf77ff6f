using Mesh.Engine.Storage;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What is promised of queues that are spread over several stores.</summary>
public abstract class PoolContract : MeshContract
{
    private static readonly ClaimTerms Minute = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    private static readonly QueueQuery All = new() { RecordsMax = 1000, IncludeClaimed = true, IncludeDelayed = true };
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    [ContractFact]
    public async Task Without_pools_queues_are_in_the_hosts_own_store()
    {
        await PostAsync("q", "a");
        Assert.Null(await PoolOfAsync("q"));
        Assert.Empty(await Mesh.Pools.ListAsync("", 10));
    }

    [ContractFact]
    public async Task New_queues_go_where_the_weights_say_and_stay_there()
    {
        var (first, second) = (await AddAsync("first", 1), await AddAsync("second", 0));
        await PostAsync("q", "a");
        Assert.Equal("first", await PoolOfAsync("q"));
        await AddAsync("first", 0, first);
        await AddAsync("second", 1, second);
        await PostAsync("r", "a");
        await PostAsync("q", "b");
        await Mesh.Catalogue.UpdateAsync(StreamName.Queue("q"), new StreamOptions { Pool = "second", DeadLetterTtl = TimeSpan.FromSeconds(9) }, new byte[] { 1 });
        await RestartAsync();
        Assert.Equal(("first", "second"), (await PoolOfAsync("q"), await PoolOfAsync("r")));
        Assert.Equal(TimeSpan.FromSeconds(9), (await Mesh.Catalogue.FindAsync(StreamName.Queue("q")))!.Options.DeadLetterTtl);
        Assert.Equal(["a", "b"], await BodiesAsync("q"));
        Assert.NotNull(await Pools.Of(first).FindEntryAsync(StreamName.Queue("q")));
        Assert.Null(await Pools.Of(second).FindEntryAsync(StreamName.Queue("q")));
        Assert.NotNull(await Pools.Of(second).FindEntryAsync(StreamName.Queue("r")));
    }

    [ContractFact]
    public async Task Each_pool_gets_its_share_of_new_queues()
    {
        await AddAsync("small", 1);
        await AddAsync("large", 4);
        for (var i = 0; i < 100; i++) await Mesh.Catalogue.CreateAsync(StreamName.Queue($"q{i:000}"), StreamOptions.Default, default);
        var pools = (await Mesh.Catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Queue, "", 1000)).Select(entry => entry.Options.Pool).ToList();
        Assert.Equal(100, pools.Count);
        Assert.InRange(pools.Count(pool => pool == "large"), 50, 99); // 80 are expected; fewer than 50 or all of 100: less than once in a billion runs
        Assert.All(pools, Assert.NotNull);
        Assert.Equal(100, await Mesh.Catalogue.CountAsync(StreamName.DefaultProject, StreamKind.Queue));
    }

    [ContractFact]
    public async Task A_queue_asks_for_a_kind_of_pool_by_its_flavor()
    {
        await AddAsync("plain", 1);
        await AddAsync("one", 1);
        await AddAsync("two", 1);
        Assert.Equal(new PoolChange.NoSuchPool("three"), await Mesh.Pools.PutFlavorAsync("gold", ["one", "three"]));
        Assert.Equal(new PoolChange.Done(true), await Mesh.Pools.PutFlavorAsync("gold", ["one", "two"]));
        await Mesh.Catalogue.CreateAsync(StreamName.Queue("golden"), new StreamOptions { Flavor = "gold" }, default);
        await Mesh.Catalogue.CreateAsync(StreamName.Queue("plain"), StreamOptions.Default, default);
        Assert.Contains(await PoolOfAsync("golden"), new[] { "one", "two" });
        Assert.Equal("plain", await PoolOfAsync("plain"));
        Assert.Equal(new PoolChange.Done(false), await Mesh.Pools.PutFlavorAsync("gold", ["two"]));
        Assert.Equal(["two"], (await Mesh.Pools.FindFlavorAsync("gold"))!.Pools);
        Assert.Null((await Mesh.Pools.FindAsync("one"))!.Flavor);
        Assert.Equal(new PoolChange.InFlavor("gold"), await Mesh.Pools.DeleteAsync("two"));
        await Mesh.Pools.DeleteFlavorAsync("gold");
        Assert.Null(await Mesh.Pools.FindFlavorAsync("gold"));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => Mesh.Catalogue.CreateAsync(StreamName.Queue("silver"), new StreamOptions { Flavor = "silver" }, default).AsTask());
        Assert.Equal(["plain", "one", "two"], (await Mesh.Pools.ListAsync("", 10)).Select(pool => pool.Name).OrderBy(name => name != "plain").ThenBy(name => name));
    }

    [ContractFact]
    public async Task Only_queues_that_clients_name_are_spread()
    {
        await AddAsync("pool", 1);
        var inner = StreamName.Queue("q", "\u001finner");
        await Mesh.Queue(inner).AppendAsync(Given.Segment("a"));
        await Mesh.Ring(StreamName.Ring("r")).AppendAsync(Given.Segment("a"));
        Assert.Null((await Mesh.Catalogue.FindAsync(inner))!.Options.Pool);
        Assert.Null((await Mesh.Catalogue.FindAsync(StreamName.Ring("r")))!.Options.Pool);
    }

    [ContractFact]
    public async Task Claims_in_a_pool_survive_a_restart()
    {
        await AddAsync("pool", 1);
        await PostAsync("q", "a", "b", "c");
        var claim = await Mesh.Queue(StreamName.Queue("q")).ClaimAsync(2, Minute);
        await Mesh.Queue(StreamName.Queue("q")).AckAsync(Sequence.First, claim.Id);
        await RestartAsync();
        Assert.Equal(["c"], (await Mesh.Queue(StreamName.Queue("q")).ClaimAsync(10, Minute)).Page.Records.Bodies());
        Assert.Equal(AckResult.Deleted, await Mesh.Queue(StreamName.Queue("q")).AckAsync(new Sequence(2), claim.Id));
        Assert.Equal(["c"], await BodiesAsync("q"));
    }

    [ContractFact]
    public async Task A_number_means_one_stream_whatever_store_it_is_in()
    {
        var uris = new[] { await AddAsync("first", 1), await AddAsync("second", 0) };
        await PostAsync("own", "a");
        var before = (await Mesh.Catalogue.FindAsync(StreamName.Queue("own")))!.Number;
        await Mesh.Catalogue.DeleteAsync(StreamName.Queue("own"));
        Assert.Null(await Pools.Of(uris[0]).FindEntryAsync(StreamName.Queue("own")));
        await AddAsync("first", 0, uris[0]);
        await AddAsync("second", 1, uris[1]);
        await PostAsync("other", "a");
        await PostAsync("own", "b");
        var numbers = new[] { before, (await Mesh.Catalogue.FindAsync(StreamName.Queue("own")))!.Number, (await Mesh.Catalogue.FindAsync(StreamName.Queue("other")))!.Number };
        Assert.Equal(3, numbers.Distinct().Count());
        Assert.Equal(["b"], await BodiesAsync("own"));
    }

    [ContractFact]
    public async Task A_pool_that_holds_a_queue_is_not_deleted()
    {
        var uri = await AddAsync("pool", 1);
        await PostAsync("q", "a");
        Assert.Equal(new PoolChange.HoldsQueues(StreamName.Queue("q")), await Mesh.Pools.DeleteAsync("pool"));
        await PostAsync("r", "a");
        Assert.Equal("pool", await PoolOfAsync("r"));
        foreach (var name in new[] { "q", "r" }) Assert.True(await Mesh.Catalogue.DeleteAsync(StreamName.Queue(name)));
        Assert.IsType<PoolChange.Done>(await Mesh.Pools.DeleteAsync("pool"));
        Assert.Null(await Mesh.Pools.FindAsync("pool"));
        await PostAsync("q", "b");
        Assert.Null(await PoolOfAsync("q"));
        await AddAsync("another", 1, uri);
        await PostAsync("s", "a");
        Assert.Equal("another", await PoolOfAsync("s"));
    }

    [ContractFact]
    public async Task A_store_is_one_pool_and_of_one_mesh()
    {
        var uri = await AddAsync("pool", 1);
        Assert.Equal(new PoolChange.UriTaken("pool"), await Mesh.Pools.PutAsync(Of("other", 1, uri)));
        Assert.Contains("is no store", Assert.IsType<PoolChange.Unusable>(await Mesh.Pools.PutAsync(Of("other", 1, "nowhere"))).Reason);
        var used = await Pools.NewUriAsync();
        await using (var store = Pools.Open(used))
        {
            await store.MigrateAsync();
            await store.OpenAsync([new OpenRequest(StreamName.Ring("somebody's"), new StreamSeed(StreamOptions.Default, ReadOnlyMemory<byte>.Empty, new RecordTime(1)))]);
        }

        Assert.Contains("it holds stream", Assert.IsType<PoolChange.Unusable>(await Mesh.Pools.PutAsync(Of("other", 1, used))).Reason);
        Assert.Null(await Mesh.Pools.FindAsync("other"));
    }

    [ContractFact]
    public async Task A_pool_that_holds_queues_moves_to_another_address_only_with_its_data()
    {
        var uri = await AddAsync("pool", 1);
        var empty = await Pools.NewUriAsync();
        await PostAsync("q", "a");
        Assert.Contains("holds queue", Assert.IsType<PoolChange.Unusable>(await Mesh.Pools.PutAsync(Of("pool", 1, empty))).Reason);
        Assert.Equal(uri, (await Mesh.Pools.FindAsync("pool"))!.Uri);
        await PostAsync("q", "b");
        await Mesh.Catalogue.DeleteAsync(StreamName.Queue("q"));
        Assert.Equal(new PoolChange.Done(false), await Mesh.Pools.PutAsync(Of("pool", 1, empty)));
        await PostAsync("q", "c");
        Assert.Equal(["c"], await BodiesAsync("q"));
        Assert.NotNull(await Pools.Of(empty).FindEntryAsync(StreamName.Queue("q")));
    }

    [ContractFact]
    public async Task A_pool_that_is_away_refuses_its_own_queues_alone()
    {
        var (first, second) = (await AddAsync("first", 1), await AddAsync("second", 0));
        await PostAsync("q", "a");
        await AddAsync("first", 0, first);
        await AddAsync("second", 1, second);
        await PostAsync("r", "a");
        Pools.Of(first).IsAway = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => PostAsync("q", "b"));
        await PostAsync("r", "b");
        await RestartAsync();
        Pools.Of(first).IsAway = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => PostAsync("q", "b"));
        await PostAsync("r", "c");
        Pools.Of(first).IsAway = false;
        await PostAsync("q", "d");
        Assert.Equal(["a", "d"], await BodiesAsync("q"));
        Assert.Equal(["a", "b", "c"], await BodiesAsync("r"));
    }

    [ContractFact]
    public async Task A_queue_that_could_not_be_made_wholly_is_not_said_to_be_missing()
    {
        var uri = await AddAsync("pool", 1);
        await PostAsync("other", "a");
        Pools.Of(uri).IsAway = true;
        Assert.Null(await Mesh.Catalogue.FindAsync(StreamName.Queue("q")));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Mesh.Catalogue.CreateAsync(StreamName.Queue("q"), StreamOptions.Default, default).AsTask());
        await Assert.ThrowsAsync<StorageUnavailableException>(() => BodiesAsync("q"));
        Pools.Of(uri).IsAway = false;
        Assert.Empty(await BodiesAsync("q"));
        Assert.Equal("pool", await PoolOfAsync("q"));
    }

    [ContractFact]
    public async Task A_queue_deleted_while_its_pool_is_away_leaves_nothing_in_it()
    {
        var uri = await AddAsync("pool", 1);
        await PostAsync("q", "a");
        Pools.Of(uri).IsAway = true;
        Assert.True(await Mesh.Catalogue.DeleteAsync(StreamName.Queue("q")));
        Assert.Null(await Mesh.Catalogue.FindAsync(StreamName.Queue("q")));
        Pools.Of(uri).IsAway = false;
        await PostAsync("q", "b");
        Assert.Equal(["b"], await BodiesAsync("q"));

        Pools.Of(uri).IsAway = true;
        await Mesh.Catalogue.DeleteAsync(StreamName.Queue("q"));
        Pools.Of(uri).IsAway = false;
        await Eventually.TrueAsync(IsSweptAsync, "maintenance has swept the pool", pause: TimeSpan.FromMilliseconds(20));

        async Task<bool> IsSweptAsync()
        {
            if (await Pools.Of(uri).FindEntryAsync(StreamName.Queue("q")) is null) return true;
            Clock.Advance(TimeSpan.FromSeconds(5));
            return false;
        }
    }

    [ContractFact]
    public async Task A_dead_letter_moves_between_pools_once_however_often_it_is_tried()
    {
        var (living, dead) = (await AddAsync("living", 1), await AddAsync("dead", 0));
        await CreateAsync("q", "living");
        await CreateAsync("other", "living");
        await CreateAsync("letters", "dead");
        foreach (var name in new[] { "q", "other" })
        {
            await PostAsync(name, $"poison of {name}");
            await Mesh.Queue(StreamName.Queue(name)).ClaimAsync(1, Minute);
        }

        Clock.Advance(Minute.VisibilityTimeout);
        Pools.Of(living).FailNextCommit(CommitFault.Refused);
        await TryClaimAsync("q");
        Pools.Of(dead).FailNextCommit(CommitFault.UnknownStored);
        await TryClaimAsync("other");
        await RestartAsync();
        foreach (var name in new[] { "q", "other" })
        {
            await TryClaimAsync(name);
            Assert.Empty(await BodiesAsync(name));
        }

        Assert.Equal(["poison of other", "poison of q"], (await BodiesAsync("letters")).Order());
    }

    [ContractFact]
    public async Task A_pool_deleted_while_queues_are_made_loses_none()
    {
        var uri = await AddAsync("doomed", 1);
        var making = Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var i = 0; i < 5; i++) await PostAsync($"q{worker}-{i}", $"{worker}-{i}");
        }).ToList();
        PoolChange change;
        do
        {
            change = await Mesh.Pools.DeleteAsync("doomed");
        }
        while (change is not PoolChange.Done && making.Any(each => !each.IsCompleted));
        await Task.WhenAll(making);
        for (var worker = 0; worker < 8; worker++)
            for (var i = 0; i < 5; i++) Assert.Equal([$"{worker}-{i}"], await BodiesAsync($"q{worker}-{i}"));
        Assert.NotNull(uri);
    }

    private static Pool Of(string name, int weight, string uri) => new(name, uri, weight, null, default);

    private async Task<string> AddAsync(string name, int weight, string? uri = null)
    {
        uri ??= await Pools.NewUriAsync();
        Assert.IsType<PoolChange.Done>(await Mesh.Pools.PutAsync(Of(name, weight, uri)));
        return uri;
    }

    private async Task CreateAsync(string name, string pool) => Assert.True(await Mesh.Catalogue.CreateAsync(
        StreamName.Queue(name), new StreamOptions { Pool = pool, DeliveryCountMax = name == "letters" ? null : 1, DeadLetterQueue = name == "letters" ? null : "letters" }, default));

    private async Task PostAsync(string queue, params string[] bodies) =>
        Assert.IsType<AppendResult.Appended>(await Mesh.Queue(StreamName.Queue(queue)).AppendAsync(Given.Segment(bodies)));

    private async Task<string?> PoolOfAsync(string queue) => (await Mesh.Catalogue.FindAsync(StreamName.Queue(queue)))!.Options.Pool;

    private async Task<List<string>> BodiesAsync(string queue) => (await Mesh.Queue(StreamName.Queue(queue)).ListAsync(All)).Records.Bodies();

    private async Task TryClaimAsync(string queue)
    {
        try
        {
            Assert.Null((await Mesh.Queue(StreamName.Queue(queue)).ClaimAsync(1, Minute)).Id);
        }
        catch (StorageUnavailableException)
        {
            // The test made it so; the next try goes on from there.
        }
    }
}
