using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Client.Tests;

/// <summary>What programs do with the client, wherever the server stands.</summary>
public abstract class ClientContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private MeshClient _client = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _client = MeshClient.Connect(Door.Address.ToString());
    }

    public override async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await base.DisposeAsync();
    }

    [ContractFact]
    public async Task Appends_without_waiting_are_stored_in_the_order_of_the_calls()
    {
        var ring = _client.Stream("ring:r");
        var appends = Enumerable.Range(1, 5000).Select(i => ring.AppendAsync(NewRecord.OfText($"{i}"))).ToList();
        var stored = await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(1, 5000).Select(i => new Sequence(i)), stored.Select(record => record.Sequence));
        Assert.All(stored, record => Assert.False(record.IsRepeat));
        var read = await ring.ReadAsync().ToListAsync();
        Assert.Equal(Enumerable.Range(1, 5000).Select(i => $"{i}"), read.Select(record => record.Text));
        Assert.Equal(stored.Select(record => record.Time), read.Select(record => (DateTimeOffset?)record.Time));
    }

    [ContractFact]
    public async Task Everything_that_a_record_says_comes_back()
    {
        var channel = _client.Stream("channel:acct");
        var sent = NewRecord.OfJson(new[] { 1, 2 }) with { Key = "/agent7", Tags = new Dictionary<string, string> { ["k"] = "v" }, Producer = "me" };
        await channel.AppendAsync(sent);
        var record = Assert.Single(await channel.ReadAsync().ToListAsync());
        Assert.Equal((sent.Key, sent.ContentType, sent.Producer), (record.Key, record.ContentType, record.Producer));
        Assert.Equal(sent.Tags, record.Tags);
        Assert.Equal([1, 2], record.Json<int[]>()!);
    }

    [ContractFact]
    public async Task A_large_record_and_one_of_nothing_travel_too()
    {
        var ring = _client.Stream("ring:r");
        var large = new byte[1_000_000];
        Random.Shared.NextBytes(large);
        await Task.WhenAll(ring.AppendAsync(large), ring.AppendAsync(ReadOnlyMemory<byte>.Empty));
        var read = await ring.ReadAsync().ToListAsync();
        Assert.Equal(large, read[0].Body.ToArray());
        Assert.Equal(0, read[1].Body.Length);
    }

    [ContractFact]
    public async Task Records_appended_together_stand_together()
    {
        var queue = _client.Stream("queue:q");
        Assert.Equal(new Sequence(1), (await queue.AppendAllAsync([NewRecord.OfText("a"), NewRecord.OfText("b")])).Sequence);
        Assert.Equal(new Sequence(3), (await queue.AppendAsync(NewRecord.OfText("c"))).Sequence);
        Assert.Equal(["b", "c"], (await queue.ReadAsync(ReadStart.Last(2)).ToListAsync()).Select(record => record.Text));
    }

    [ContractFact]
    public async Task A_record_that_is_refused_fails_alone()
    {
        var channel = _client.Stream("channel:acct");
        var good = Enumerable.Range(0, 20).Select(i => channel.AppendAsync(NewRecord.OfText($"{i}"))).ToList();
        var bad = channel.AppendAsync(new NewRecord { Key = "no slash" });
        var after = Enumerable.Range(20, 20).Select(i => channel.AppendAsync(NewRecord.OfText($"{i}"))).ToList();
        var refused = await Assert.ThrowsAsync<MeshException>(() => bad);
        Assert.Equal(MeshStatus.InvalidArgument, refused.Status);
        await Task.WhenAll([.. good, .. after]);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}"), (await channel.ReadAsync().ToListAsync()).Select(record => record.Text));
    }

    [ContractFact]
    public async Task A_tail_hears_what_was_there_and_what_comes()
    {
        var ring = _client.Stream("ring:r");
        await ring.AppendAsync(NewRecord.OfText("1"));
        using var stop = new CancellationTokenSource();
        var heard = new List<string>();
        var tail = Task.Run(async () =>
        {
            await foreach (var record in ring.TailAsync(ReadStart.Oldest, cancel: stop.Token))
            {
                heard.Add(record.Text);
                if (heard.Count == 100) break;
            }
        });
        for (var i = 2; i <= 100; i++) await ring.AppendAsync(NewRecord.OfText($"{i}"));
        await tail;
        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"{i}"), heard);
    }

    [ContractFact]
    public async Task A_filter_holds_for_reads_and_tails()
    {
        var channel = _client.Stream("channel:acct");
        foreach (var key in new[] { "/a", "/b", "/a" }) await channel.AppendAsync(new NewRecord { Key = key, Tags = new Dictionary<string, string> { ["k"] = key } });
        var filter = new RecordFilter { KeyPattern = "/*", Tags = new Dictionary<string, string> { ["k"] = "/a" } };
        Assert.Equal([1, 3], (await channel.ReadAsync(filter: filter).ToListAsync()).Select(record => record.Sequence.Value));
        Assert.Equal([1, 3], (await channel.TailAsync(ReadStart.Oldest, filter).Take(2).ToListAsync()).Select(record => record.Sequence.Value));
        Assert.Equal([2], (await _client.Stream("channel:acct/b").ReadAsync().ToListAsync()).Select(record => record.Sequence.Value));
    }

    [ContractFact]
    public async Task Cancelling_ends_whatever_waits()
    {
        using var stop = new CancellationTokenSource();
        var ring = _client.Stream("ring:r");
        await using var tail = ring.TailAsync(ReadStart.Oldest, cancel: stop.Token).GetAsyncEnumerator();
        await ring.AppendAsync(NewRecord.OfText("a"));
        Assert.True(await tail.MoveNextAsync());
        var waiting = tail.MoveNextAsync().AsTask();
        var claiming = _client.Stream("queue:q").ClaimAsync(options: new ClaimOptions { Wait = TimeSpan.FromMinutes(5) }, cancel: stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => claiming);
    }

    [ContractFact]
    public async Task A_stream_is_made_shown_changed_listed_and_deleted()
    {
        var ring = _client.Stream("ring:r");
        var options = new StreamOptions { RetentionCount = 5, RetentionAge = TimeSpan.FromHours(1) };
        Assert.Null(await ring.DescribeAsync());
        Assert.True(await ring.CreateAsync(options, "{}"u8.ToArray()));
        Assert.False(await ring.CreateAsync());
        await ring.AppendAsync(NewRecord.OfText("a"));
        var shown = (await ring.DescribeAsync())!;
        Assert.Equal((options, new Sequence(1), 1), (shown.Options, shown.HighWatermark, shown.Length));
        Assert.Equal("{}"u8.ToArray(), shown.Metadata.ToArray());
        Assert.Equal(2, (await ring.UpdateAsync(options with { RetentionCount = 2 })).Options.RetentionCount);
        Assert.Equal(["ring:r"], (await _client.ListAsync().ToListAsync()).Select(stream => stream.Address));
        Assert.True(await ring.DeleteAsync());
        Assert.False(await ring.DeleteAsync());
    }

    [ContractFact]
    public async Task A_queue_is_worked_off()
    {
        var queue = _client.Stream("queue:jobs");
        await queue.CreateAsync(new StreamOptions { DeliveryCountMax = 1, DeadLetterQueue = "dead" });
        Assert.Null(await queue.ClaimAsync());
        await queue.AppendAllAsync([NewRecord.OfText("a"), NewRecord.OfText("b")]);
        var claim = (await queue.ClaimAsync(2))!;
        Assert.Equal(["a", "b"], claim.Records.Select(record => record.Text));
        await claim.ExtendAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([AckOutcome.Done], await claim.AckAsync(claim.Records.Take(1)));
        await claim.ReleaseAsync();
        Assert.Equal([AckOutcome.ClaimExpired], await claim.AckAsync(claim.Records.Skip(1)));
        Assert.Null(await queue.ClaimAsync());
        Assert.Equal(["b"], (await queue.DeadLettersAsync().ToListAsync()).Select(record => record.Text));
        Assert.Equal(1, await queue.RedriveAsync());
        Assert.Equal("b", Assert.Single((await queue.ClaimAsync())!.Records).Text);
    }

    [ContractFact]
    public async Task A_group_shares_a_stream_out_among_its_consumers()
    {
        var ring = _client.Stream("ring:r");
        var group = ring.Group("workers");
        Assert.Null(await group.DescribeAsync());
        await ring.AppendAllAsync([NewRecord.OfText("a"), NewRecord.OfText("b"), NewRecord.OfText("c")]);
        Assert.True(await group.CreateAsync(ReadStart.Oldest));
        var one = (await group.ClaimAsync("one", 2))!;
        var two = (await group.ClaimAsync("two", 2))!;
        Assert.Equal(["a", "b", "c"], one.Records.Concat(two.Records).Select(record => record.Text));
        Assert.Equal([AckOutcome.Done, AckOutcome.Done], await one.AckAsync());
        Assert.Equal(new GroupStanding(new Sequence(4), 0, 1, 1), await group.DescribeAsync());
        await two.ReleaseAsync();
        Assert.Equal(2, Assert.Single((await group.ClaimAsync("one"))!.Records).DeliveryCount);
        await group.MoveAsync(ReadStart.At(new Sequence(2)));
        Assert.Equal(["workers"], await ring.GroupsAsync());
        Assert.True(await group.DeleteAsync());
    }

    [ContractFact]
    public async Task A_request_gets_the_reply_of_whoever_reads_it()
    {
        var requests = _client.Stream("queue:requests");
        var asking = requests.RequestAsync(NewRecord.OfText("ping"), TimeSpan.FromMinutes(2));
        var claim = (await requests.ClaimAsync(options: new ClaimOptions { Wait = TimeSpan.FromMinutes(1) }))!;
        await _client.ReplyAsync(claim.Records[0], "pong"u8.ToArray());
        Assert.Equal("pong"u8.ToArray(), (await asking).ToArray());
        var unheard = await Assert.ThrowsAsync<MeshException>(() => requests.RequestAsync(NewRecord.OfText("ping"), TimeSpan.FromMilliseconds(50)));
        Assert.Equal((MeshStatus.DeadlineExceeded, "NO_REPLY"), (unheard.Status, unheard.Reason));
    }

    [ContractFact]
    public async Task A_refusal_says_what_was_wrong_and_why_to_programs()
    {
        var refused = await Assert.ThrowsAsync<MeshException>(() => _client.Stream("hats:x").ReadAsync().ToListAsync().AsTask());
        Assert.Equal(MeshStatus.InvalidArgument, refused.Status);
        Assert.Contains("hats", refused.Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<MeshException>(() => _client.Stream("ring:none").UpdateAsync());
        Assert.Equal((MeshStatus.NotFound, "NO_SUCH_STREAM", false), (missing.Status, missing.Reason, missing.IsTransient));
    }
}
