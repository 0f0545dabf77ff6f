using System.Diagnostics;
using System.Runtime.InteropServices;
using Mesh.Engine.Storage;
using Mesh.Orleans.Grains;
using Mesh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>Where streams live, and who may write them.</summary>
public sealed class OwnershipTests
{
    private static readonly StreamName Name = StreamName.Ring("orders");

    [Fact]
    public async Task A_stale_activation_is_refused_by_the_store_and_the_append_goes_through_once()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var ring = fixture.Mesh.Ring(Name);
        await ring.AppendAsync(Given.Segment("a"));

        // As another silo does that believes this one dead.
        await fixture.Store.OpenAsync([new OpenRequest(Name, null)]);
        var appended = Assert.IsType<AppendResult.Appended>(await ring.AppendAsync(Given.Segment("b")));
        Assert.Equal(2, appended.First.Value);
        Assert.Equal(["a", "b"], (await ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [Fact]
    public async Task A_grain_that_is_to_move_does_not_wait_for_those_who_follow_it()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1);
        var ring = fixture.Cluster.Client.GetGrain<IRingGrain>(StreamKey.Of(Name));
        await ring.AppendAsync(Given.Segment("a"));
        var since = Stopwatch.StartNew();
        var following = Enumerable.Range(0, 10).Select(_ => ring.FollowAsync(new Sequence(2), 1000, IStreamGrain.FollowMax).AsTask()).ToList();
        await ring.StateAsync();
        await ring.Cast<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.All(await Task.WhenAll(following), page => Assert.Equal(0, page.Count));
        await ring.AppendAsync(Given.Segment("b"));
        Assert.True(since.Elapsed < IStreamGrain.FollowMax, $"It took {since.Elapsed.TotalSeconds:F1} s.");
    }

    [Fact]
    public async Task A_grain_that_finds_its_stream_taken_sends_those_who_follow_it_away()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1);
        var ring = fixture.Cluster.Client.GetGrain<IRingGrain>(StreamKey.Of(Name));
        await ring.AppendAsync(Given.Segment("a"));
        var since = Stopwatch.StartNew();
        var following = ring.FollowAsync(new Sequence(2), 1000, IStreamGrain.FollowMax).AsTask();
        await ring.StateAsync();
        await fixture.Store.OpenAsync([new OpenRequest(Name, null)]);
        await Assert.ThrowsAsync<StreamFencedException>(async () => await ring.TrimToCountAsync(0));
        Assert.Equal(0, (await following).Count);
        Assert.True(since.Elapsed < IStreamGrain.FollowMax, $"It took {since.Elapsed.TotalSeconds:F1} s.");
    }

    [Fact]
    public async Task Streams_of_one_name_in_two_projects_are_two()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        StreamName[] names = [Name, Name with { Project = "a/b" }, Name with { Project = "a", Name = "b/orders" }, Name with { Project = "a%2Fb" }];
        foreach (var name in names) await fixture.Mesh.Ring(name).AppendAsync(Given.Segment($"{name}"));
        foreach (var name in names)
        {
            Assert.Equal([$"{name}"], (await fixture.Mesh.Ring(name).ReadAsync(new ReadQuery())).Bodies());
            Assert.Equal(name, StreamKey.Parse(StreamKey.Of(name), StreamKind.Ring));
        }
    }

    [Fact]
    public async Task Streams_are_spread_over_the_silos()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var first = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await AppendAsync($"first-{++first}");
                return (await CountsAsync("first-")).Count == 2;
            },
            "each silo has heard how busy the other is, without which it gives it nothing");
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => AppendAsync($"next-{i}")));
        var counts = await CountsAsync("next-");
        Assert.All(counts, count => Assert.InRange(count, 60, 240));
        Assert.Equal(300, counts.Sum());

        async Task AppendAsync(string ring) => await fixture.Mesh.Ring(StreamName.Ring(ring)).AppendAsync(Given.Segment("x"));

        async Task<List<int>> CountsAsync(string names)
        {
            var statistics = await fixture.Cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
            var rings = statistics.Where(grain => grain.GrainType.Contains(nameof(RingGrain), StringComparison.Ordinal) && grain.GrainId.Key.ToString()!.Contains(names, StringComparison.Ordinal));
            return [.. rings.CountBy(grain => grain.SiloAddress).Select(silo => silo.Value)];
        }
    }

    [Fact]
    public async Task Beside_a_silo_pages_cross_without_a_copy()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1);
        var ring = fixture.Cluster.GetSiloServiceProvider().GetRequiredService<IMesh>().Ring(Name);
        await ring.AppendAsync(Given.Segment("a"));
        Assert.Same(await ArrayAsync(ring), await ArrayAsync(ring));
        Assert.NotSame(await ArrayAsync(fixture.Mesh.Ring(Name)), await ArrayAsync(fixture.Mesh.Ring(Name)));
    }

    [Fact]
    public async Task A_page_from_another_process_holds_no_more_than_its_records()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var ring = fixture.Mesh.Ring(Name);
        await ring.AppendAsync(Given.Segment([.. Enumerable.Range(0, 1000).Select(i => $"record {i}")]));
        var page = await ring.ReadAsync(new ReadQuery { From = new Sequence(500), RecordsMax = 2 });
        Assert.Equal(["record 499", "record 500"], page.Bodies());
        Assert.InRange(page.Slices.Sum(slice => slice.Batch.Length), 1, 200);
    }

    private static async Task<byte[]?> ArrayAsync(IRing ring)
    {
        var page = await ring.ReadAsync(new ReadQuery());
        Assert.True(MemoryMarshal.TryGetArray(page.Slices[0].Batch, out var array));
        return array.Array;
    }
}
