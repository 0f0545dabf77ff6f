using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 7: what publishers depend on, in a server that takes bodies of 100,000 bytes.</summary>
public sealed class PublishTests() : PublishContract(static async () => await RseServer.StartAsync(new RseOptions { BodyBytesMax = 100_000 }))
{
    [Fact]
    public async Task A_body_that_is_too_large_is_413_and_nothing_is_stored()
    {
        var large = $"[\"{new string('x', 100_000)}\"]";
        Assert.Contains("100000", (await Door.PostAsync("/c", large)).Error(413), StringComparison.Ordinal);
        Assert.Equal(201, (await Door.PostAsync("/c", large[..99_998] + "\"]")).Status);
        Assert.Single((await Door.GetAsync("/c")).Ids());
    }

    [Fact]
    public async Task A_chunked_body_is_joined_and_bounded_too()
    {
        const string Head = "POST /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: uuid/a\r\nX-Auth-Token: s3cr3t\r\nTransfer-Encoding: chunked\r\n\r\n";
        var joined = await RawHttp.ExchangeAsync(Door.Address, $"{Head}2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 201", joined, StringComparison.Ordinal);
        Assert.Equal(["[1,2]"], (await Door.GetAsync("/c")).Data());
        var large = await RawHttp.ExchangeAsync(Door.Address, $"{Head}30d40\r\n{new string('[', 200_000)}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", large, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_go_on_increasing_after_a_restart_with_all_events_expired() // case 28
    {
        var store = new MemoryLogStore();
        long last;
        await using (var before = await RseServer.StartAsync(store: store))
        {
            for (var i = 0; i < 50; i++) await before.PostAsync("/c", "[1]");
            last = (await before.GetAsync("/c")).Ids().Last();
            before.Clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(204, (await before.GetAsync("/c")).Status);
        }

        // The clock of the new process stands before the ids that were given.
        await using var after = await RseServer.StartAsync(store: store);
        Assert.Equal(201, (await after.PostAsync("/c", "[2]")).Status);
        Assert.True(Assert.Single((await after.GetAsync($"/c?last-known-id={last}")).Ids()) > last);
    }
}
