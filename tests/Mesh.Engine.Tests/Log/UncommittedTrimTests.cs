using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Log;

/// <summary>What a trim takes is gone for readers when that is durable, not before: else a trim that fails would have hidden records from whoever read in between.</summary>
public sealed class UncommittedTrimTests : IAsyncLifetime
{
    private static readonly StreamName Name = StreamName.Ring("trimmed");
    private static readonly StreamName Jobs = StreamName.Queue("jobs");

    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private readonly ManualClock _clock = new();
    private EmbeddedMesh _mesh = null!;

    private IRing Ring => _mesh.Ring(Name);

    private IQueue Queue => _mesh.Queue(Jobs);

    public async Task InitializeAsync()
    {
        await StartAsync();
        await Ring.AppendAsync(Given.Segment("1", "2", "3", "4", "5"));
        await Queue.AppendAsync(Given.Segment("1", "2", "3"));
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task Readers_see_what_a_trim_takes_until_the_trim_is_durable()
    {
        Task<long> trim;
        using (_store.HoldCommits())
        {
            trim = Ring.TrimToCountAsync(1).AsTask();
            Assert.Equal([1, 2, 3, 4, 5], await ReadAsync(Ring));
            Assert.Equal(1, (await Ring.StateAsync()).LowWatermark.Value);
        }

        Assert.Equal(4, await trim);
        Assert.Equal([5], await ReadAsync(Ring));
    }

    [Fact]
    public async Task A_trim_that_fails_hides_nothing_from_those_who_follow()
    {
        Task<long> trim;
        using (_store.HoldCommits())
        {
            _store.FailNextCommit(CommitFault.Refused);
            trim = Ring.TrimToCountAsync(1).AsTask();
            Assert.Equal([1, 2, 3, 4, 5], await FollowAsync(Ring));
        }

        await Assert.ThrowsAsync<StorageUnavailableException>(() => trim);
        Assert.Equal([1, 2, 3, 4, 5], await FollowAsync(Ring));
        Assert.Equal(4, await Ring.TrimToCountAsync(1));
    }

    [Fact]
    public async Task An_append_that_trims_takes_nothing_when_it_fails()
    {
        Task<AppendResult> append;
        using (_store.HoldCommits())
        {
            _store.FailNextCommit(CommitFault.Refused);
            append = Ring.AppendAsync(Given.Segment("6"), new AppendOptions { TrimToCount = 1 }).AsTask();
            Assert.Equal([1, 2, 3, 4, 5], await FollowAsync(Ring));
        }

        await Assert.ThrowsAsync<StorageUnavailableException>(() => append);
        Assert.Equal([1, 2, 3, 4, 5], await ReadAsync(Ring));
    }

    [Fact]
    public async Task Trims_at_the_same_time_count_each_record_once_and_are_answered_when_it_is_gone()
    {
        Task<long> first, second, third;
        using (_store.HoldCommits())
        {
            first = Ring.TrimToCountAsync(3).AsTask();
            second = Ring.TrimToCountAsync(4).AsTask();
            third = Ring.TrimToCountAsync(1).AsTask();
            Assert.False(second.IsCompleted, "A trim was answered while readers still saw what it was to take.");
        }

        var counts = await Task.WhenAll(first, second, third);
        Assert.Equal([2, 0, 2], counts);
    }

    [Fact]
    public async Task Deletions_at_the_head_of_a_queue_that_fail_hide_nothing_from_those_who_follow()
    {
        Task<QueuePage> pop;
        using (_store.HoldCommits())
        {
            _store.FailNextCommit(CommitFault.Refused);
            pop = Queue.PopAsync(2).AsTask();
            Assert.Equal([1, 2, 3], await FollowAsync(Queue));
        }

        await Assert.ThrowsAsync<StorageUnavailableException>(() => pop);
        Assert.Equal(["1", "2"], (await Queue.PopAsync(2)).Records.Bodies());
        Assert.Equal([3], await ReadAsync(Queue));
    }

    [Fact]
    public async Task A_snapshot_that_is_written_with_a_trim_knows_of_it()
    {
        // Storage is told of the first trim at once, and of the second not for a day: only the snapshot can know of that.
        Assert.Equal(1, await Ring.TrimToCountAsync(4));
        Task<long> trim;
        List<Task> appends;
        using (_store.HoldCommits())
        {
            var rest = Ring.AppendAsync(Given.Segment("6")).AsTask();
            appends = [rest, .. Enumerable.Range(0, 5000).Select(i => Ring.AppendAsync(Given.Segment("x"), Dedupe(i)).AsTask())];
            trim = Ring.TrimToCountAsync(5002).AsTask();
        }

        await Task.WhenAll(appends);
        Assert.Equal(3, await trim);
        await _mesh.DisposeAsync();
        var opened = (await _store.OpenAsync([new OpenRequest(Name, null)]))[0]!;
        Assert.True(opened.Snapshot.Length > 1_000_000, "No snapshot was written.");
        await StartAsync();
        Assert.Equal(5, (await Ring.StateAsync()).LowWatermark.Value);
    }

    private static AppendOptions Dedupe(int number) => new() { DedupeId = Encoding.UTF8.GetBytes($"{number}".PadLeft(256)) };

    private static async Task<List<long>> ReadAsync(IStreamLog log) => (await log.ReadAsync(new ReadQuery())).Sequences();

    /// <summary>What comes at once to one who begins to follow now.</summary>
    private static async Task<List<long>> FollowAsync(IStreamLog log)
    {
        await foreach (var page in log.TailAsync(Sequence.First)) return page.Sequences();
        return [];
    }

    private async Task StartAsync() => _mesh = await EmbeddedMesh.StartAsync(_store, new EmbeddedMeshOptions { Engine = new() { TrimInterval = TimeSpan.FromDays(1) } }, _clock);
}
