using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Hosting.Health;
using Mesh.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Hosting.Tests.Health;

public sealed class HealthTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private readonly CancellationTokenSource _stopping = new();
    private EmbeddedMesh _mesh = null!;
    private HealthEndpoint _health = null!;

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        _health = new HealthEndpoint(new StorageProbe(_mesh, _clock), _stopping.Token);
    }

    public async Task DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _store.DisposeAsync();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Live_asks_nothing()
    {
        _store.IsAway = true;
        Assert.Equal((200, "live\n"), await AskAsync(HealthEndpoint.LiveAsync));
    }

    [Fact]
    public async Task Ready_commits_a_record()
    {
        var before = _store.Commits;
        Assert.Equal((200, "ready\n"), await AskAsync(_health.ReadyAsync));
        Assert.True(_store.Commits > before);
    }

    [Fact]
    public async Task Asking_often_commits_once_a_second()
    {
        await AskAsync(_health.ReadyAsync);
        var once = _store.Commits;
        for (var i = 0; i < 10; i++) await AskAsync(_health.ReadyAsync);
        Assert.Equal(once, _store.Commits);
        _clock.Advance(StorageProbe.KeptFor);
        await AskAsync(_health.ReadyAsync);
        Assert.True(_store.Commits > once);
    }

    [Fact]
    public async Task Ready_is_refused_while_storage_is_away_and_comes_back_with_it()
    {
        _store.IsAway = true;
        var (status, text) = await AskAsync(_health.ReadyAsync);
        Assert.Equal(503, status);
        Assert.StartsWith("not ready: ", text);
        _store.IsAway = false;
        _clock.Advance(StorageProbe.KeptFor);
        Assert.Equal(200, (await AskAsync(_health.ReadyAsync)).Status);
    }

    [Fact]
    public async Task Ready_can_be_asked_of_the_way_to_the_database_alone()
    {
        var isCutOff = true;
        var health = new HealthEndpoint(
            new StorageProbe(() => isCutOff ? throw new StorageUnavailableException("The database does not answer.") : Task.FromResult<string?>(null), _clock), _stopping.Token);
        Assert.Equal((503, "not ready: The database does not answer.\n"), await AskAsync(health.ReadyAsync));
        isCutOff = false;
        _clock.Advance(StorageProbe.KeptFor);
        Assert.Equal(200, (await AskAsync(health.ReadyAsync)).Status);
    }

    [Fact]
    public async Task Ready_waits_for_storage_no_longer_than_its_bound()
    {
        await AskAsync(_health.ReadyAsync);
        _clock.Advance(StorageProbe.KeptFor);
        using (_store.HoldCommits())
        {
            var asked = AskAsync(_health.ReadyAsync);
            while (!asked.IsCompleted) _clock.Advance(StorageProbe.Timeout);
            Assert.Equal((503, "not ready: storage did not commit within 2 s\n"), await asked);
        }
    }

    [Fact]
    public async Task Ready_is_refused_once_the_host_stops()
    {
        Assert.Equal(200, (await AskAsync(_health.ReadyAsync)).Status);
        await _stopping.CancelAsync();
        Assert.Equal((503, "not ready: the host is stopping\n"), await AskAsync(_health.ReadyAsync));
        Assert.Equal(200, (await AskAsync(HealthEndpoint.LiveAsync)).Status);
    }

    private static async Task<(int Status, string Text)> AskAsync(RequestDelegate endpoint)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        await endpoint(context);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
