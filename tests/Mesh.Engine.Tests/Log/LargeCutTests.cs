using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Log;

/// <summary>A trim that takes more from storage than one transaction may delete.</summary>
public sealed class LargeCutTests : IAsyncLifetime
{
    private const int Records = 4 * StorageLimits.TrimBatchesMax;

    private static readonly StreamName Name = StreamName.Ring("large");

    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private EmbeddedMesh _mesh = null!;
    private StreamNumber _number;

    private IRing Ring => _mesh.Ring(Name);

    public async Task InitializeAsync()
    {
        await StartAsync();

        // One after another, so that each is a batch of its own.
        for (var i = 0; i < Records; i++) await Ring.AppendAsync(Given.Segment("x"));
        _number = (await _mesh.Catalogue.FindAsync(Name))!.Number;
    }

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task The_cut_goes_on_by_itself_with_later_commits_until_nothing_is_left()
    {
        var commits = _store.Commits;
        Assert.Equal(Records, await Ring.TrimToCountAsync(0));
        Assert.Empty((await Ring.ReadAsync(new ReadQuery())).Bodies());
        var left = await WriteOnAsync(tries: 5);
        Assert.Equal(0, left);
        Assert.InRange(_store.Commits - commits, 4, 10);
    }

    [Fact]
    public async Task Whatever_an_end_leaves_of_it_the_next_owner_goes_on_with()
    {
        Task end;
        using (_store.HoldCommits())
        {
            _ = Ring.TrimToCountAsync(5).AsTask();
            end = _mesh.DisposeAsync().AsTask();
        }

        await end;
        await StartAsync();
        Assert.InRange(await BatchesAsync(), 5, Records); // how much was cut by then depends on how soon the end came
        Assert.Equal(Records - 4, (await Ring.StateAsync()).LowWatermark.Value);
        await Ring.AppendAsync(Given.Segment("last"));
        Assert.Equal(6, await WriteOnAsync(tries: 5));
    }

    [Fact]
    public async Task What_is_left_of_a_cut_does_not_count_as_kept_bytes()
    {
        Task end;
        using (_store.HoldCommits())
        {
            _ = Ring.TrimToCountAsync(100).AsTask();
            end = _mesh.DisposeAsync().AsTask();
        }

        await end;
        await StartAsync();
        Assert.True(await _mesh.Catalogue.UpdateAsync(Name, new StreamOptions { RetentionBytes = 1_000_000 / Records * 150 }, default));
        Assert.Equal(100, (await Ring.StateAsync()).Length);
    }

    private async Task StartAsync() => _mesh = await EmbeddedMesh.StartAsync(_store, clock: new ManualClock());

    /// <summary>Writes to another stream, a commit each time.</summary>
    /// <returns>Batches that are stored after that.</returns>
    private async Task<int> WriteOnAsync(int tries)
    {
        for (var i = 0; i < tries; i++) await _mesh.Ring(StreamName.Ring("other")).AppendAsync(Given.Segment("y"));
        return await BatchesAsync();
    }

    private async Task<int> BatchesAsync() => (await _store.PlacesAsync(_number, Sequence.First, StorageLimits.PlacesMax)).Count;
}
