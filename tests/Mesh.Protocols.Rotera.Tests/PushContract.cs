using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>Pushing and committing (rotera specification, sections 2.2 and 2.3).</summary>
public abstract class PushContract(Func<Task<RoteraDoor>> open) : RoteraContract(open)
{
    private static byte[] Repeat(char letter, int length) => [.. Enumerable.Repeat((byte)letter, length)];

    [ContractFact]
    public async Task A_new_ring_begins_at_zero()
    {
        await Door.Mesh.Catalogue.CreateAsync(Name, StreamOptions.Default, default);
        using var client = await Door.ConnectAsync();
        Assert.Equal(0, await client.PingAsync(Queue));
    }

    [ContractFact]
    public async Task A_commit_answers_the_next_id_and_so_does_a_ping()
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(Queue, "hi", "abc"));
        Assert.Equal(2, await client.CommitAsync(Queue));
        Assert.Equal(2, await client.PingAsync(Queue));
    }

    [ContractFact]
    public async Task What_is_pushed_is_seen_by_nobody_before_a_commit()
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(Queue, "hi"));
        Assert.Equal(0, await client.PingAsync(Queue));
        Assert.Empty((await client.ReadAsync(Queue, 0, 10)).Messages);
    }

    [ContractFact]
    public async Task Batches_of_two_connections_stay_together_and_either_commits_both()
    {
        using var one = await Door.ConnectAsync();
        using var other = await Door.ConnectAsync();
        await one.SendAsync(RoteraClient.Push(Queue, "a1", "a2"));
        await one.PingAsync(Queue);
        await other.SendAsync(RoteraClient.Push(Queue, "b1", "b2"));
        Assert.Equal(4, await other.CommitAsync(Queue));
        Assert.Equal(["a1", "a2", "b1", "b2"], (await one.ReadAsync(Queue, 0, 10)).Texts);
    }

    [ContractFact]
    public async Task Requests_sent_in_one_write_are_answered_in_order()
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(Queue, "a"), RoteraClient.Commit(Queue), RoteraClient.Read(Queue, 0, 1), RoteraClient.Push(Queue, "b"), RoteraClient.Commit(Queue));
        Assert.Equal(1, (await client.NextAsync()).Next);
        Assert.Equal(["a"], (await client.FrameAsync()).Texts);
        Assert.Equal(2, (await client.NextAsync()).Next);
    }

    [ContractFact]
    public async Task An_unknown_operation_closes_the_connection_and_no_other()
    {
        using var good = await Door.ConnectAsync();
        using var bad = await Door.ConnectAsync();
        await good.SendAsync(RoteraClient.Push(Queue, "a"));
        await bad.SendAsync(RoteraClient.Header(1, Queue, 0));
        await bad.AssertClosedAsync();
        Assert.Equal(1, await good.CommitAsync(Queue));
    }

    [ContractTheory]
    [InlineData("ping")]
    [InlineData("commit")]
    [InlineData("read")]
    [InlineData("stream")]
    [InlineData("stream of nothing")]
    [InlineData("empty push")]
    public async Task Anything_but_a_push_to_an_unknown_queue_closes_the_connection(string operation)
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(operation switch
        {
            "ping" => RoteraClient.Ping(Queue),
            "commit" => RoteraClient.Commit(Queue),
            "read" => RoteraClient.Read(Queue, 0, 1),
            "stream" => RoteraClient.Stream(Queue, 0, 1, 1),
            "stream of nothing" => RoteraClient.Stream(Queue, 0, 1, 0),
            _ => RoteraClient.Push(Queue, Array.Empty<string>()),
        });
        await client.AssertClosedAsync();
        Assert.Null(await Door.Mesh.Catalogue.FindAsync(Name));
    }

    [ContractFact]
    public async Task The_longest_message_is_stored_and_one_byte_more_closes_with_nothing_of_its_batch_stored()
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(Queue, Repeat('a', 15_887)));
        Assert.Equal(1, await client.CommitAsync(Queue));
        await client.SendAsync(RoteraClient.Push(Queue, Repeat('b', 3), Repeat('c', 15_888)));
        await client.AssertClosedAsync();
        using var next = await Door.ConnectAsync();
        Assert.Equal(1, await next.CommitAsync(Queue));
        Assert.Equal(15_887, Assert.Single((await next.ReadAsync(Queue, 0, 10)).Messages).Length);
    }

    [ContractTheory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    public async Task A_batch_is_stored_whole_or_not_at_all(int messages, bool isStored)
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(Queue, "first"));
        Assert.Equal(1, await client.CommitAsync(Queue));
        await client.SendAsync(RoteraClient.Push(Queue, [.. Enumerable.Range(0, messages).Select(i => $"{i}")]));
        if (isStored) Assert.Equal(1 + messages, await client.CommitAsync(Queue));
        else await client.AssertClosedAsync();
        using var other = await Door.ConnectAsync();
        Assert.Equal(isStored ? 1 + messages : 1, await other.CommitAsync(Queue));
    }

    [ContractFact]
    public async Task Empty_messages_are_kept_and_empty_batches_change_nothing()
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(Queue, "a", "", "c"), RoteraClient.Push(Queue, Array.Empty<string>()));
        Assert.Equal(3, await client.CommitAsync(Queue));
        Assert.Equal(["a", "", "c"], (await client.ReadAsync(Queue, 0, 10)).Texts);
    }

    [ContractFact]
    public async Task A_ring_made_by_a_push_keeps_the_last_1022()
    {
        using var client = await Door.ConnectAsync();
        for (var i = 0; i < 1022; i++) await client.SendAsync(RoteraClient.Push(Queue, $"{i,100}"));
        Assert.Equal(1022, await client.CommitAsync(Queue));
        Assert.Equal(1022, (await client.ReadAsync(Queue, 0, 5000)).Messages.Count);
        await client.SendAsync(RoteraClient.Push(Queue, $"{1022,100}"));
        Assert.Equal(1023, await client.CommitAsync(Queue));
        var kept = await client.ReadAsync(Queue, 0, 5000);
        Assert.Equal(1, kept.First);
        Assert.Equal(Enumerable.Range(1, 1022).Select(i => $"{i,100}"), kept.Texts);
    }

    [ContractFact]
    public async Task A_push_for_which_there_is_no_room_shows_what_was_staged_before_it()
    {
        using var client = await Door.ConnectAsync();
        for (var i = 0; i < 17; i++) await client.SendAsync(RoteraClient.Push(Queue, [.. Enumerable.Range(0, 60).Select(at => $"{i}.{at}")]));
        Assert.Equal(0, await client.PingAsync(Queue));
        await client.SendAsync(RoteraClient.Push(Queue, "one", "two", "too many"));
        Assert.Equal(17 * 60, await client.PingAsync(Queue));
        Assert.Equal(17 * 60 + 3, await client.CommitAsync(Queue));
    }

    [ContractFact]
    public async Task The_greatest_queue_number_names_a_ring_too()
    {
        using var client = await Door.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(uint.MaxValue, "a"));
        Assert.Equal(1, await client.CommitAsync(uint.MaxValue));
        Assert.Equal(1, (await Door.Mesh.Ring(StreamName.Ring("4294967295")).StateAsync()).Length);
    }

    /// <summary>Every split of a push, a commit and a read over two writes.</summary>
    [ContractFact]
    public async Task Requests_cut_anywhere_are_served_as_if_whole()
    {
        byte[] requests = [.. RoteraClient.Push(Queue, "hi", "abc"), .. RoteraClient.Commit(Queue), .. RoteraClient.Read(Queue, ulong.MaxValue, 2)];
        for (var cut = 1; cut < requests.Length; cut++)
        {
            using var client = await Door.ConnectAsync();
            await client.SendAsync(requests[..cut]);
            await client.SendAsync(requests[cut..]);
            Assert.Equal(2 * cut, (await client.NextAsync()).Next);
            Assert.Equal(["hi", "abc"], (await client.FrameAsync()).Texts.Take(2));
        }
    }
}
