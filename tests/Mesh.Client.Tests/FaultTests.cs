using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Processes;

namespace Mesh.Client.Tests;

/// <summary>Connections that break and servers that die: nothing is lost, doubled or reordered.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly MeshClientOptions Patient = new() { RetryFor = TimeSpan.FromSeconds(60), WindowRecords = 256 };

    private GrpcHost _host = null!;
    private TcpRelay _relay = null!;
    private MeshClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await GrpcHost.StartAsync();
        _relay = new TcpRelay(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, _host.Address.Port));
        _client = MeshClient.Connect($"http://127.0.0.1:{_relay.Port}", Patient);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _relay.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task An_append_whose_connection_breaks_before_its_answer_is_stored_once()
    {
        var ring = _client.Stream("ring:r");
        await ring.AppendAsync(NewRecord.OfText("1"));
        Task<AppendedRecord> append;
        using (_host.Store.HoldCommits())
        {
            append = ring.AppendAsync(NewRecord.OfText("2"));
            await Eventually.TrueAsync(() => Task.FromResult(_host.Store.CommitsHeld > 0), "the record has come to the store");
            _relay.Drop();
        }

        Assert.Equal(new Sequence(2), (await append).Sequence);
        Assert.Equal(new Sequence(3), (await ring.AppendAsync(NewRecord.OfText("3"))).Sequence);
        Assert.Equal(["1", "2", "3"], (await ring.ReadAsync().ToListAsync()).Select(record => record.Text));
    }

    [Fact]
    public async Task An_append_of_several_whose_answer_is_lost_is_stored_once()
    {
        var ring = _client.Stream("ring:r");
        await ring.AppendAsync(NewRecord.OfText("1"));
        Task<AppendedRecord> append;
        using (_host.Store.HoldCommits())
        {
            append = ring.AppendAllAsync([NewRecord.OfText("2"), NewRecord.OfText("3")]);
            await Eventually.TrueAsync(() => Task.FromResult(_host.Store.CommitsHeld > 0), "the records have come to the store");
            _relay.Drop();
        }

        Assert.Equal(new Sequence(2), (await append).Sequence);
        Assert.Equal(["1", "2", "3"], (await ring.ReadAsync().ToListAsync()).Select(record => record.Text));
    }

    [Fact]
    public async Task Appends_and_a_tail_go_on_over_connections_that_break_again_and_again()
    {
        const int Records = 10_000;
        var ring = _client.Stream("ring:r");
        var heard = HearAsync(ring, Records);
        var appends = new List<Task<AppendedRecord>>();
        for (var i = 1; i <= Records; i++)
        {
            appends.Add(ring.AppendAsync(NewRecord.OfText($"{i}")));
            if (i % 1000 != 0) continue;
            await appends[^500];
            _relay.Drop();
        }

        var stored = await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(1, Records).Select(i => new Sequence(i)), stored.Select(record => record.Sequence));
        Assert.Equal(Enumerable.Range(1, Records).Select(i => $"{i}"), await heard);
    }

    [Fact]
    public async Task A_store_that_fails_for_a_while_is_waited_for()
    {
        var ring = _client.Stream("ring:r");
        await ring.AppendAsync(NewRecord.OfText("1"));
        _host.Store.FailNextCommit(CommitFault.Refused);
        Assert.Equal(new Sequence(2), (await ring.AppendAsync(NewRecord.OfText("2"))).Sequence);
        _host.Store.FailNextCommit(CommitFault.UnknownStored);
        Assert.Equal(new Sequence(3), (await ring.AppendAsync(NewRecord.OfText("3"))).Sequence);
        Assert.Equal(["1", "2", "3"], (await ring.ReadAsync().ToListAsync()).Select(record => record.Text));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_named_when_the_time_is_up()
    {
        await using var client = MeshClient.Connect($"http://127.0.0.1:{FreePort.Take()}", new MeshClientOptions { RetryFor = TimeSpan.FromMilliseconds(100) });
        var append = await Assert.ThrowsAsync<MeshException>(() => client.Stream("ring:r").AppendAsync(NewRecord.OfText("1")));
        Assert.Equal((MeshStatus.Unavailable, true), (append.Status, append.IsTransient));
        await Assert.ThrowsAsync<MeshException>(() => client.Stream("ring:r").DescribeAsync());
    }

    [Fact]
    public async Task A_client_that_is_disposed_of_waits_for_what_is_under_way()
    {
        var client = MeshClient.Connect(_host.Address.ToString(), Patient with { WindowRecords = 3 });
        var appends = Enumerable.Range(1, 100).Select(i => client.Stream("ring:r").AppendAsync(NewRecord.OfText($"{i}"))).ToList();
        await client.DisposeAsync();
        Assert.Equal(100, (await Task.WhenAll(appends))[^1].Sequence.Value);
    }

    [Fact]
    public async Task Beyond_the_bound_appends_wait_in_their_order()
    {
        await using var client = MeshClient.Connect(_host.Address.ToString(), Patient with { PendingBytesMax = 1024 });
        var appends = Enumerable.Range(1, 500).Select(i => client.Stream("ring:r").AppendAsync(NewRecord.OfText($"{i}"))).ToList();
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), (await Task.WhenAll(appends)).Select(record => record.Sequence.Value));
        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"{i}"), (await client.Stream("ring:r").ReadAsync().ToListAsync()).Select(record => record.Text));
    }

    internal static Task<List<string>> HearAsync(MeshStream stream, int records) => Task.Run(async () =>
        (await stream.TailAsync(ReadStart.Oldest).Take(records).ToListAsync()).ConvertAll(record => record.Text));
}
