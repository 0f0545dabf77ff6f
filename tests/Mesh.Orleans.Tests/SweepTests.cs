using System.Diagnostics;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>What retention has taken goes from storage although no silo has the stream.</summary>
public sealed class SweepTests
{
    [Fact]
    public async Task The_silos_delete_what_nobody_has_asked_for()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var name = StreamName.Channel("a");
        await fixture.Mesh.Catalogue.CreateAsync(name, new StreamOptions { RetentionAge = TimeSpan.FromMinutes(1) }, default);
        await fixture.Mesh.Channel(name).AppendAsync(Given.Segment("x"));
        await fixture.RestartAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        var other = fixture.Mesh.Ring(StreamName.Ring("other"));
        for (var since = Stopwatch.StartNew(); await IsStoredAsync(fixture, name);)
        {
            // Maintenance goes on beside the test, and commits with what it appends.
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(60));
            fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await other.AppendAsync(Given.Segment("x"));
        }
    }

    private static async Task<bool> IsStoredAsync(ClusterFixture fixture, StreamName name) =>
        (await fixture.Store.ListStoredAsync(default, 1000)).Any(stream => stream.Name == name && stream.FirstBatch is not null);
}
