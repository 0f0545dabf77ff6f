namespace Mesh.Protocols.Rotera.Tests;

/// <summary>Pushing and committing (rotera specification, sections 2.2 and 2.3).</summary>
public sealed class PushTests
{
    private static byte[] Repeat(char letter, int length) => [.. Enumerable.Repeat((byte)letter, length)];

    [Fact]
    public async Task A_new_ring_begins_at_zero()
    {
        await using var server = await RoteraServer.StartAsync();
        await server.Mesh.Catalogue.CreateAsync(StreamName.Ring("55"), StreamOptions.Default, default);
        using var client = await server.ConnectAsync();
        Assert.Equal(0, await client.PingAsync(55));
    }

    [Fact]
    public async Task A_commit_answers_the_next_id_and_so_does_a_ping()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, "hi", "abc"));
        Assert.Equal(2, await client.CommitAsync(55));
        Assert.Equal(2, await client.PingAsync(55));
    }

    [Fact]
    public async Task What_is_pushed_is_seen_by_nobody_before_a_commit()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, "hi"));
        Assert.Equal(0, await client.PingAsync(55));
        Assert.Empty((await client.ReadAsync(55, 0, 10)).Messages);
    }

    [Fact]
    public async Task Batches_of_two_connections_stay_together_and_either_commits_both()
    {
        await using var server = await RoteraServer.StartAsync();
        using var one = await server.ConnectAsync();
        using var other = await server.ConnectAsync();
        await one.SendAsync(RoteraClient.Push(55, "a1", "a2"));
        await one.PingAsync(55);
        await other.SendAsync(RoteraClient.Push(55, "b1", "b2"));
        Assert.Equal(4, await other.CommitAsync(55));
        Assert.Equal(["a1", "a2", "b1", "b2"], (await one.ReadAsync(55, 0, 10)).Texts);
    }

    [Fact]
    public async Task Requests_sent_in_one_write_are_answered_in_order()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, "a"), RoteraClient.Commit(55), RoteraClient.Read(55, 0, 1), RoteraClient.Push(55, "b"), RoteraClient.Commit(55));
        Assert.Equal(1, (await client.NextAsync()).Next);
        Assert.Equal(["a"], (await client.FrameAsync()).Texts);
        Assert.Equal(2, (await client.NextAsync()).Next);
    }

    [Fact]
    public async Task An_unknown_operation_closes_the_connection_and_no_other()
    {
        await using var server = await RoteraServer.StartAsync();
        using var good = await server.ConnectAsync();
        using var bad = await server.ConnectAsync();
        await good.SendAsync(RoteraClient.Push(55, "a"));
        await bad.SendAsync(RoteraClient.Header(1, 55, 0));
        await bad.AssertClosedAsync();
        Assert.Equal(1, await good.CommitAsync(55));
    }

    public static TheoryData<string, byte[]> RequestsToUnknownQueues => new()
    {
        { "ping", RoteraClient.Ping(7) },
        { "commit", RoteraClient.Commit(7) },
        { "read", RoteraClient.Read(7, 0, 1) },
        { "stream", RoteraClient.Stream(7, 0, 1, 1) },
        { "empty push", RoteraClient.Push(7, Array.Empty<string>()) },
    };

    [Theory]
    [MemberData(nameof(RequestsToUnknownQueues))]
    public async Task Anything_but_a_push_to_an_unknown_queue_closes_the_connection(string _, byte[] request)
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(request);
        await client.AssertClosedAsync();
    }

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
    public async Task The_longest_message_is_stored_and_one_byte_more_closes_with_nothing_of_its_batch_stored()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, Repeat('a', 15_887)));
        Assert.Equal(1, await client.CommitAsync(55));
        await client.SendAsync(RoteraClient.Push(55, Repeat('b', 3), Repeat('c', 15_888)));
        await client.AssertClosedAsync();
        using var next = await server.ConnectAsync();
        Assert.Equal(1, await next.CommitAsync(55));
        Assert.Equal(15_887, Assert.Single((await next.ReadAsync(55, 0, 10)).Messages).Length);
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    public async Task A_batch_is_stored_whole_or_not_at_all(int messages, bool isStored)
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, "first"));
        Assert.Equal(1, await client.CommitAsync(55));
        await client.SendAsync(RoteraClient.Push(55, [.. Enumerable.Range(0, messages).Select(i => $"{i}")]));
        if (isStored) Assert.Equal(1 + messages, await client.CommitAsync(55));
        else await client.AssertClosedAsync();
        using var other = await server.ConnectAsync();
        Assert.Equal(isStored ? 1 + messages : 1, await other.CommitAsync(55));
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
    public async Task Empty_messages_are_kept_and_empty_batches_change_nothing()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, "a", "", "c"), RoteraClient.Push(55, Array.Empty<string>()));
        Assert.Equal(3, await client.CommitAsync(55));
        Assert.Equal(["a", "", "c"], (await client.ReadAsync(55, 0, 10)).Texts);
    }

    [Fact]
    public async Task A_ring_made_by_a_push_keeps_the_last_1022()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        for (var i = 0; i < 1022; i++) await client.SendAsync(RoteraClient.Push(55, $"{i,100}"));
        Assert.Equal(1022, await client.CommitAsync(55));
        Assert.Equal(1022, (await client.ReadAsync(55, 0, 5000)).Messages.Count);
        await client.SendAsync(RoteraClient.Push(55, $"{1022,100}"));
        Assert.Equal(1023, await client.CommitAsync(55));
        var kept = await client.ReadAsync(55, 0, 5000);
        Assert.Equal(1, kept.First);
        Assert.Equal(Enumerable.Range(1, 1022).Select(i => $"{i,100}"), kept.Texts);
    }

    [Fact]
    public async Task A_push_for_which_there_is_no_room_shows_what_was_staged_before_it()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        for (var i = 0; i < 17; i++) await client.SendAsync(RoteraClient.Push(55, [.. Enumerable.Range(0, 60).Select(at => $"{i}.{at}")]));
        Assert.Equal(0, await client.PingAsync(55));
        await client.SendAsync(RoteraClient.Push(55, "one", "two", "too many"));
        Assert.Equal(17 * 60, await client.PingAsync(55));
        Assert.Equal(17 * 60 + 3, await client.CommitAsync(55));
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

    [Fact]
    public async Task The_greatest_queue_number_names_a_ring_too()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(uint.MaxValue, "a"));
        Assert.Equal(1, await client.CommitAsync(uint.MaxValue));
        Assert.Equal(1, (await server.Mesh.Ring(StreamName.Ring("4294967295")).StateAsync()).Length);
    }

    /// <summary>Every split of a push, a commit and a read over two writes.</summary>
    [Fact]
    public async Task Requests_cut_anywhere_are_served_as_if_whole()
    {
        await using var server = await RoteraServer.StartAsync();
        byte[] requests = [.. RoteraClient.Push(55, "hi", "abc"), .. RoteraClient.Commit(55), .. RoteraClient.Read(55, ulong.MaxValue, 2)];
        for (var cut = 1; cut < requests.Length; cut++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(requests[..cut]);
            await client.SendAsync(requests[cut..]);
            Assert.Equal(2 * cut, (await client.NextAsync()).Next);
            Assert.Equal(["hi", "abc"], (await client.FrameAsync()).Texts.Take(2));
        }
    }
}
