using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Groups;

/// <summary>Consumers that compete for records that are no longer in memory read each batch once between them.</summary>
public sealed class ReadAheadTests : IAsyncLifetime
{
    private const int Records = 3000;
    private const int Consumers = 20;

    private static readonly StreamName Name = StreamName.Ring("long");

    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private EmbeddedMesh _mesh = null!;

    private IRing Ring => _mesh.Ring(Name);

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store);
        for (var i = 1; i <= Records / 3; i++) await Ring.AppendAsync(Given.Segment($"{i}a", $"{i}b", $"{i}c"));
        await RestartAsync(new EngineOptions());
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Every_record_is_handed_out_once_and_in_order_and_every_batch_is_read_about_once(int count)
    {
        await Ring.CreateGroupAsync("g", GroupStart.Oldest, createStream: false);
        var before = _store.BatchesRead;
        var delivered = await Task.WhenAll(Enumerable.Range(0, Consumers).Select(i => Task.Run(() => ConsumeAsync($"c{i}", count))));
        Assert.All(delivered, ofOne => Assert.Equal(ofOne.Order(), ofOne));
        Assert.Equal(Enumerable.Range(1, Records).Select(i => (long)i), delivered.SelectMany(ofOne => ofOne).Order());
        Assert.InRange(_store.BatchesRead - before, Records / 3, Records / 3 * 2);
    }

    [Fact]
    public async Task What_was_deleted_since_it_was_read_ahead_is_not_handed_out()
    {
        await Ring.CreateGroupAsync("g", GroupStart.Oldest, createStream: false);
        Assert.Equal([1], await DeliverAsync("c", 1));
        var second = default(RingId);
        foreach (var record in await Ring.RangeAsync(RingId.None, RingId.Max, 2, backwards: false)) second = record.Id;
        Assert.Equal(1, await Ring.DeleteAsync([second]));
        Assert.Equal([3], await DeliverAsync("c", 1));
        await Ring.TrimToCountAsync(Records / 2);
        Assert.Equal([(Records / 2) + 1], await DeliverAsync("c", 1));
    }

    [Fact]
    public async Task Without_room_for_what_is_read_ahead_all_is_handed_out_all_the_same()
    {
        await RestartAsync(new EngineOptions { ReadAheadBytesMax = 0 });
        await Ring.CreateGroupAsync("g", GroupStart.Oldest, createStream: false);
        Assert.Equal(Records, (await ConsumeAsync("c", 100)).Count);
    }

    private async Task RestartAsync(EngineOptions options)
    {
        await _mesh.DisposeAsync();
        _mesh = await EmbeddedMesh.StartAsync(_store, new EmbeddedMeshOptions { Engine = options });
    }

    private async Task<List<long>> ConsumeAsync(string consumer, int count)
    {
        var delivered = new List<long>();
        while (await DeliverAsync(consumer, count) is { Count: > 0 } sequences) delivered.AddRange(sequences);
        return delivered;
    }

    private async Task<List<long>> DeliverAsync(string consumer, int count)
    {
        var answer = await Ring.DeliverAsync(new GroupRead("g", consumer, count, null, IsAcknowledged: false));
        Assert.Equal(GroupOutcome.Done, answer.Outcome);
        return answer.Records.Sequences();
    }
}
