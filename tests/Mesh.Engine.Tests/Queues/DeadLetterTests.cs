using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Queues;

/// <summary>Records on their way to the dead letters, when something comes in between.</summary>
public sealed class DeadLetterTests : IAsyncLifetime
{
    private static readonly StreamName Name = StreamName.Queue("jobs");
    private static readonly StreamName Dead = StreamName.Queue("dead");
    private static readonly ClaimTerms Minute = new(TimeSpan.FromMinutes(1), TimeSpan.Zero);
    private static readonly QueueQuery All = new() { RecordsMax = 1000, IncludeClaimed = true, IncludeDelayed = true };

    private readonly ManualClock _clock = new();
    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private EmbeddedMesh _mesh = null!;

    private IQueue Queue => _mesh.Queue(Name);

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store, new EmbeddedMeshOptions { Commit = new() { CacheBytesMax = 0 } }, _clock);
        await CreateAsync();
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task A_queue_deleted_and_made_anew_meanwhile_loses_no_record()
    {
        await DeliverAsync("poison");
        Task<ClaimResult> claim;
        using (_store.HoldReads())
        {
            claim = Queue.ClaimAsync(1, Minute).AsTask();
            await _mesh.Catalogue.DeleteAsync(Name);
            await Queue.AppendAsync(Given.Segment("fresh"));
        }

        await claim;
        Assert.Equal(["fresh"], (await Queue.ListAsync(All)).Records.Bodies());
    }

    [Fact]
    public async Task A_move_that_fails_keeps_the_record_for_the_next_claim_and_takes_nothing_from_this_one()
    {
        await DeliverAsync("poison");
        await Queue.AppendAsync(Given.Segment("good"));
        await _mesh.Catalogue.CreateAsync(Dead, StreamOptions.Default, default);
        _store.Refused = (await _mesh.Catalogue.FindAsync(Dead))!.Number;
        var claim = await Queue.ClaimAsync(10, Minute);
        Assert.Equal(["good"], claim.Page.Records.Bodies());
        Assert.Equal(["poison", "good"], (await Queue.ListAsync(All)).Records.Bodies());
        _store.Refused = null;
        Assert.Null((await Queue.ClaimAsync(10, Minute)).Id);
        Assert.Equal(["good"], (await Queue.ListAsync(All)).Records.Bodies());
        Assert.Equal(["poison"], (await _mesh.Queue(Dead).ListAsync(All)).Records.Bodies());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public async Task A_move_that_a_crash_cut_in_two_is_made_once_however_late_it_is_tried_again(int records)
    {
        var bodies = Enumerable.Range(0, records).Select(number => $"poison {number}").ToArray();
        await DeliverAsync(bodies);
        _store.Refused = (await _mesh.Catalogue.FindAsync(Name))!.Number;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Queue.ClaimAsync(1, Minute).AsTask());
        Assert.Equal(bodies, (await _mesh.Queue(Dead).ListAsync(All)).Records.Bodies());
        await RestartAsync();
        _store.Refused = null;
        _clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(bodies, (await Queue.ListAsync(All)).Records.Bodies());
        Assert.Null((await Queue.ClaimAsync(1, Minute)).Id);
        Assert.Empty((await Queue.ListAsync(All)).Records.Bodies());
        Assert.Equal(bodies, (await _mesh.Queue(Dead).ListAsync(All)).Records.Bodies());
    }

    [Fact]
    public async Task A_record_whose_move_failed_still_expires()
    {
        await DeliverAsync("poison", TimeSpan.FromMinutes(10));
        Task<ClaimResult> claim;
        using (_store.HoldCommits())
        {
            claim = Queue.ClaimAsync(1, Minute).AsTask();
            _clock.Advance(TimeSpan.FromMinutes(11));
            Assert.Empty((await Queue.ListAsync(All)).Records.Bodies());
            _store.FailNextCommit(CommitFault.Refused);
        }

        await Assert.ThrowsAsync<StorageUnavailableException>(() => claim);
        Assert.Empty((await Queue.ListAsync(All)).Records.Bodies());
        Assert.Equal(0, (await Queue.StatsAsync()).Free);
    }

    [Fact]
    public async Task Many_records_move_with_few_commits_and_in_order()
    {
        var bodies = Enumerable.Range(0, 60).Select(number => $"poison {number}").ToArray();
        await DeliverAsync(bodies);
        var commits = _store.Commits;
        Assert.Null((await Queue.ClaimAsync(1, Minute)).Id);
        Assert.InRange(_store.Commits - commits, 1, 10);
        Assert.Equal(bodies, (await _mesh.Queue(Dead).ListAsync(All)).Records.Bodies());
        Assert.Equal(0, (await Queue.StatsAsync()).Free);
    }

    private async Task RestartAsync()
    {
        await _mesh.DisposeAsync();
        _mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
    }

    private async Task CreateAsync() =>
        await _mesh.Catalogue.CreateAsync(Name, new StreamOptions { DeliveryCountMax = 1, DeadLetterQueue = Dead.Name }, default);

    private Task DeliverAsync(params string[] bodies) => DeliverAsync(Given.Segment(bodies));

    private Task DeliverAsync(string body, TimeSpan ttl) => DeliverAsync(Given.Mortal(body, ttl));

    /// <summary>Posts records and delivers each as often as is allowed.</summary>
    private async Task DeliverAsync(ReadOnlyMemory<byte> segment)
    {
        Assert.IsType<AppendResult.Appended>(await Queue.AppendAsync(segment));
        var claim = await Queue.ClaimAsync(1000, Minute);
        await Queue.ReleaseAsync(claim.Id!.Value);
    }
}
