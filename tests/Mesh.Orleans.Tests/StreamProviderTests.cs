using System.Threading.Channels;
using Mesh.Engine.Storage;
using Mesh.Orleans.Streams;
using Mesh.Testing;
using Orleans.Streams;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>Orleans streams over Mesh: kept, and rewindable by sequence and by time.</summary>
public sealed class StreamProviderTests : IAsyncLifetime
{
    private static readonly StreamId Id = StreamId.Create("orders", "eu/1");

    private ClusterFixture _fixture = null!;

    private IAsyncStream<Order> Stream => _fixture.Cluster.Client.GetStreamProvider(ClusterFixture.Streams).GetStream<Order>(Id);

    public async Task InitializeAsync() => _fixture = await ClusterFixture.StartAsync(new MemoryLogStore());

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_subscription_gets_what_is_published_after_it()
    {
        await Stream.OnNextAsync(new Order(1));
        var observer = new Observer();
        await Stream.SubscribeAsync(observer);
        await Stream.OnNextAsync(new Order(2));
        await Stream.OnNextBatchAsync([new Order(3), new Order(4)]);
        Assert.Equal([(2, 2L), (3, 3L), (4, 4L)], await observer.TakeAsync(3));
    }

    [Fact]
    public async Task A_subscription_begins_at_any_sequence_or_time_that_is_kept()
    {
        for (var i = 1; i <= 5; i++)
        {
            await Stream.OnNextAsync(new Order(i));
            _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var (all, late, timed) = (new Observer(), new Observer(), new Observer());
        await Stream.SubscribeAsync(all, MeshSequenceToken.First);
        await Stream.SubscribeAsync(late, new MeshSequenceToken(4));
        await Stream.SubscribeAsync(timed, new MeshTimeToken(_fixture.Clock.GetUtcNow().AddMinutes(-3)));
        Assert.Equal([1, 2, 3, 4, 5], (await all.TakeAsync(5)).Select(seen => seen.Number));
        Assert.Equal([4, 5], (await late.TakeAsync(2)).Select(seen => seen.Number));
        Assert.Equal([3, 4, 5], (await timed.TakeAsync(3)).Select(seen => seen.Number));
    }

    [Fact]
    public async Task Events_outlive_the_cluster_and_streams_of_other_names_are_others()
    {
        await Stream.OnNextAsync(new Order(1));
        await _fixture.Cluster.Client.GetStreamProvider(ClusterFixture.Streams).GetStream<Order>(StreamId.Create("orders", "us/1")).OnNextAsync(new Order(9));
        await _fixture.RestartAsync();
        var observer = new Observer();
        await Stream.SubscribeAsync(observer, MeshSequenceToken.First);
        await Stream.OnNextAsync(new Order(2));
        Assert.Equal([1, 2], (await observer.TakeAsync(2)).Select(seen => seen.Number));
    }

    [Fact]
    public async Task A_subscription_goes_on_without_gap_or_double_when_a_silo_dies()
    {
        const int Events = 200;
        var observer = new Observer();
        await Stream.SubscribeAsync(observer);
        for (var i = 1; i <= Events; i++)
        {
            await Stream.OnNextAsync(new Order(i));
            if (i == Events / 2) await _fixture.Cluster.KillSiloAsync(_fixture.Cluster.Silos[0]);
        }

        Assert.Equal(Enumerable.Range(1, Events), (await observer.TakeAsync(Events)).Select(seen => seen.Number));
    }

    [Fact]
    public async Task A_subscriber_that_fails_is_told_and_may_resume_from_the_event_that_failed()
    {
        var failing = new Observer { FailsAt = 2 };
        var handle = await Stream.SubscribeAsync(failing);
        await Stream.OnNextBatchAsync([new Order(1), new Order(2), new Order(3)]);
        Assert.Equal("The test refuses 2.", (await failing.Error.Task.WaitAsync(TimeSpan.FromSeconds(30))).Message);
        Assert.Empty(await Stream.GetAllSubscriptionHandles());
        var next = new Observer();
        var resumed = await handle.ResumeAsync(next);
        Assert.Equal([2, 3], (await next.TakeAsync(2)).Select(seen => seen.Number));
        Assert.Equal(handle, resumed);
        Assert.Equal(resumed, Assert.Single(await Stream.GetAllSubscriptionHandles()));
    }

    [Fact]
    public async Task A_subscription_that_has_ended_gets_nothing_more()
    {
        var (ended, other) = (new Observer(), new Observer());
        var handle = await Stream.SubscribeAsync(ended);
        await Stream.SubscribeAsync(other);
        await handle.UnsubscribeAsync();
        await Stream.OnNextAsync(new Order(1));
        await other.TakeAsync(1);
        Assert.Equal(0, ended.Waiting);
    }

    [Fact]
    public async Task A_grain_takes_events_in_its_own_turns()
    {
        var grain = _fixture.Cluster.Client.GetGrain<IOrderBook>("book");
        await grain.FollowAsync();
        await Stream.OnNextBatchAsync(Enumerable.Range(1, 100).Select(i => new Order(i)));
        Assert.Equal(5050, await grain.SumAsync(100).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Bytes_are_shared_with_other_doors_as_they_are()
    {
        var stream = _fixture.Cluster.Client.GetStreamProvider(ClusterFixture.Streams).GetStream<byte[]>(StreamId.Create("raw", "1"));
        await stream.OnNextAsync("hello"u8.ToArray());
        Assert.Equal(["hello"], (await _fixture.Mesh.Partition(StreamName.Partition("raw/1")).ReadAsync(new ReadQuery())).Bodies());
    }

    private sealed class Observer : IAsyncObserver<Order>
    {
        private readonly Channel<(int Number, long Sequence)> _seen = Channel.CreateUnbounded<(int, long)>();

        public int FailsAt { get; init; }

        public TaskCompletionSource<Exception> Error { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Waiting => _seen.Reader.Count;

        public Task OnNextAsync(Order item, StreamSequenceToken? token = null)
        {
            if (item.Number == FailsAt) throw new InvalidOperationException($"The test refuses {FailsAt}.");
            _seen.Writer.TryWrite((item.Number, token!.SequenceNumber));
            return Task.CompletedTask;
        }

        public Task OnErrorAsync(Exception ex)
        {
            Error.TrySetResult(ex);
            _seen.Writer.TryComplete(ex);
            return Task.CompletedTask;
        }

        public async Task<List<(int Number, long Sequence)>> TakeAsync(int count)
        {
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var taken = new List<(int, long)>();
            while (taken.Count < count) taken.Add(await _seen.Reader.ReadAsync(end.Token));
            return taken;
        }
    }
}

/// <summary>An event of the tests.</summary>
[GenerateSerializer]
public sealed record Order([property: Id(0)] int Number);

/// <summary>A grain that follows the tests' stream.</summary>
public interface IOrderBook : IGrainWithStringKey
{
    Task FollowAsync();

    /// <summary>Waits for so many events, and sums their numbers.</summary>
    Task<int> SumAsync(int count);
}

/// <summary>Checks that its turns do not overlap: it counts without a lock.</summary>
internal sealed class OrderBook : Grain, IOrderBook, IAsyncObserver<Order>
{
    private readonly List<int> _numbers = [];
    private TaskCompletionSource _change = new();

    public Task FollowAsync() => this.GetStreamProvider(ClusterFixture.Streams).GetStream<Order>(StreamId.Create("orders", "eu/1")).SubscribeAsync(this);

    public async Task<int> SumAsync(int count)
    {
        while (_numbers.Count < count) await _change.Task;
        return _numbers.Sum();
    }

    public async Task OnNextAsync(Order item, StreamSequenceToken? token = null)
    {
        var before = _numbers.Count;
        await Task.Yield();
        _numbers.Add(item.Number);
        if (_numbers.Count != before + 1) throw new InvalidOperationException("Two events at once.");
        var change = _change;
        _change = new TaskCompletionSource();
        change.SetResult();
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
