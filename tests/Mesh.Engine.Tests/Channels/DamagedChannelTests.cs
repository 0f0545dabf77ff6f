using Mesh.Embedded;
using Mesh.Engine.Commit;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Channels;

/// <summary>What lies behind damaged records can be read, and the damage is reported by name.</summary>
public sealed class DamagedChannelTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_gets_past_more_damaged_records_than_a_page_holds(bool descending)
    {
        var warnings = new List<string>();
        await using var store = new FaultyLogStore(new MemoryLogStore());
        var options = new EmbeddedMeshOptions { Commit = new CommitPumpOptions { CacheBytesMax = 0 }, Warn = warnings.Add };
        await using var mesh = await EmbeddedMesh.StartAsync(store, options, new ManualClock());
        var channel = mesh.Channel(StreamName.Channel("a"));
        for (var i = 1; i <= 300; i++) Assert.IsType<AppendResult.Appended>(await channel.AppendAsync(Given.Keyed("/b", $"{i}")));
        for (var i = 3; i <= 298; i++) store.Damage(new Sequence(i));

        var page = await channel.ReadAsync(new ChannelQuery { Path = "/b", RecordsMax = 10, Descending = descending });

        Assert.Equal(descending ? ["300", "299", "2", "1"] : ["1", "2", "299", "300"], page.Bodies());
        Assert.Contains(warnings, text => text.StartsWith("Records 3 to 3 of default/Channel:a are damaged", StringComparison.Ordinal));
    }
}
