using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>The id of a posted event, and posts that are sent again.</summary>
public sealed class RepeatTests : IAsyncLifetime
{
    private RseServer _rse = null!;

    public async Task InitializeAsync() => _rse = await RseServer.StartAsync();

    public async Task DisposeAsync() => await _rse.DisposeAsync();

    [Theory]
    [InlineData("POST", "/c")]
    [InlineData("POST", "/c?callback=f")]
    [InlineData("GET", "/c?method=POST&post-data=[1]")]
    public async Task The_answer_to_a_post_tells_the_id_of_its_event(string method, string target)
    {
        using var posted = await _rse.AskAsync(new HttpMethod(method), target, RseServer.A, method == "POST" ? "[1]"u8.ToArray() : null);
        Assert.Equal((await _rse.GetAsync("/c")).Ids().Select(id => $"{id}"), posted.Headers.GetValues("X-RSE-Event-Id"));
        using var refused = await _rse.AskAsync(HttpMethod.Post, "/c", RseServer.A, "1"u8.ToArray());
        Assert.False(refused.Headers.Contains("X-RSE-Event-Id"));
    }

    [Fact]
    public async Task A_post_with_the_key_of_an_earlier_one_is_that_one()
    {
        var first = await PostAsync("/c", "[1]", "\"k-1\"");
        _rse.Clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(first, await PostAsync("/c", "[1]", "k-1"));
        Assert.Equal(["[1]"], (await _rse.GetAsync("/c")).Data());
        Assert.NotEqual(first, await PostAsync("/c", "[1]", "k-2"));
        Assert.Equal(2, (await _rse.GetAsync("/c")).Ids().Count());
    }

    [Fact]
    public async Task A_key_is_its_clients_own_within_a_channel()
    {
        var ids = new HashSet<string?>
        {
            await PostAsync("/c", "[1]", "k"), await PostAsync("/c/d", "[1]", "k"), await PostAsync("/d", "[1]", "k"), await PostAsync("/c", "[1]", "k", RseServer.B),
        };
        Assert.Equal(4, ids.Count);
    }

    [Fact]
    public async Task A_key_is_good_for_two_minutes_also_when_the_event_is_gone()
    {
        await using var rse = await RseServer.StartAsync(new RseOptions { EventTtl = TimeSpan.FromSeconds(10) });
        Assert.NotNull(await PostAsync("/c", "[1]", "k", rse: rse));
        rse.Clock.Advance(TimeSpan.FromSeconds(119.9));
        Assert.Null(await PostAsync("/c", "[1]", "k", rse: rse));
        Assert.Equal(204, (await rse.GetAsync("/c")).Status);
        rse.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await PostAsync("/c", "[1]", "k", rse: rse));
    }

    [Fact]
    public async Task A_key_used_again_for_another_event_is_422()
    {
        await PostAsync("/c", "[1]", "k");
        var other = await _rse.SendAsync(HttpMethod.Post, "/c", RseServer.A, "[2]"u8.ToArray(), ("Idempotency-Key", "k"));
        Assert.Contains("use a new key", other.Error(422), StringComparison.Ordinal);
        Assert.Equal(["[1]"], (await _rse.GetAsync("/c")).Data());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("a b")]
    [InlineData(256)]
    public async Task What_is_no_key_is_400(object key)
    {
        var text = key is int length ? new string('x', length) : (string)key;
        var answer = await _rse.SendAsync(HttpMethod.Post, "/c", RseServer.A, "[2]"u8.ToArray(), ("Idempotency-Key", text));
        Assert.StartsWith("Idempotency-Key must be 1 to 255 visible", answer.Error(400), StringComparison.Ordinal);
        Assert.Equal(204, (await _rse.GetAsync("/c")).Status);
    }

    /// <returns>The event's id; null when the answer names none.</returns>
    private async Task<string?> PostAsync(string channel, string json, string key, string userAgent = RseServer.A, RseServer? rse = null)
    {
        (rse ?? _rse).Clock.Advance(TimeSpan.FromMilliseconds(1));
        using var answer = await (rse ?? _rse).AskAsync(HttpMethod.Post, channel, userAgent, System.Text.Encoding.UTF8.GetBytes(json), ("Idempotency-Key", key));
        Assert.Equal(201, (int)answer.StatusCode);
        return answer.Headers.TryGetValues("X-RSE-Event-Id", out var ids) ? ids.Single() : null;
    }
}
