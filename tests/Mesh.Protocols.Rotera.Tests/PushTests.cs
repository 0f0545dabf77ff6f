namespace Mesh.Protocols.Rotera.Tests;

/// <summary>Pushing and committing: what needs options of its own, a restart, or storage that fails.</summary>
public sealed class PushTests() : PushContract(EmbeddedDoor.OpenAsync)
{
    [Fact]
    public async Task Where_pushes_make_no_rings_a_push_to_an_unknown_queue_closes_the_connection()
    {
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { CreatesRings = false });
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(7, "a"));
        await client.AssertClosedAsync();
        Assert.Null(await server.Mesh.Catalogue.FindAsync(StreamName.Ring("7")));
    }

    [Fact]
    public async Task A_batch_of_more_than_a_mebi_of_messages_closes_before_its_lengths_are_read()
    {
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { BatchMessagesMax = 1024 * 1024 });
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Header(0x70bbf8926f2a1ec6, 55, 1024 * 1024 + 1));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Whatever_is_readable_over_many_turns_of_the_ring_is_as_it_was_pushed()
    {
        var random = new Random(8245);
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { RingBytes = 64 * 1024, RingMessages = 100 });
        using var client = await server.ConnectAsync();
        var pushed = new List<byte[]>();
        for (var turn = 0; turn < 60; turn++)
        {
            var batch = Enumerable.Range(0, random.Next(1, 20)).Select(_ => new byte[random.Next(20) == 0 ? 15_000 : random.Next(40)]).ToArray();
            foreach (var message in batch) random.NextBytes(message);
            pushed.AddRange(batch);
            await client.SendAsync(RoteraClient.Push(55, batch));
            if (random.Next(2) == 0) continue;
            Assert.Equal(pushed.Count, await client.CommitAsync(55));
            var all = await client.ReadAsync(55, 0, 1000);
            Assert.Equal(pushed.Count, all.First + all.Messages.Count);
            Assert.InRange(all.Messages.Count, 1, 100);
            Assert.Equal(pushed.Skip((int)all.First), all.Messages);
        }
    }

    [Fact]
    public async Task After_a_restart_the_committed_stays_and_the_id_of_what_was_only_staged_is_used_again()
    {
        await using var server = await RoteraServer.StartAsync();
        using (var client = await server.ConnectAsync())
        {
            await client.SendAsync(RoteraClient.Push(55, "a"), RoteraClient.Commit(55), RoteraClient.Push(55, "lost"));
            Assert.Equal(1, (await client.NextAsync()).Next);
            Assert.Equal(1, await client.PingAsync(55));
        }

        await server.RestartAsync();
        using var after = await server.ConnectAsync();
        Assert.Equal(1, await after.CommitAsync(55));
        await after.SendAsync(RoteraClient.Push(55, "b"));
        Assert.Equal(2, await after.CommitAsync(55));
        Assert.Equal(["a", "b"], (await after.ReadAsync(55, 0, 10)).Texts);
    }

    [Fact]
    public async Task A_commit_that_storage_refuses_closes_the_connection_and_the_next_one_stores_it_once()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, "a", "b"));
        await client.PingAsync(55);
        server.Store.IsAway = true;
        await client.SendAsync(RoteraClient.Commit(55));
        await client.AssertClosedAsync();
        server.Store.IsAway = false;
        using var later = await server.ConnectAsync();
        Assert.Equal(2, await later.CommitAsync(55));
        Assert.Equal(["a", "b"], (await later.ReadAsync(55, 0, 10)).Texts);
    }
}
