using System.Security.Cryptography;
using System.Text;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Testing.Http;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Queues that encrypt their messages, and checksums (Zaqar specification, sections 1.4 and 1.14).</summary>
public sealed class SealingTests
{
    private const string Secret = "the-secret-text";
    private static readonly ZaqarOptions Old = new() { MessageKeys = [ZaqarServer.Key(1)], WebhooksMayBePrivate = true };
    private static readonly ZaqarOptions Rotated = new() { MessageKeys = [ZaqarServer.Key(2), ZaqarServer.Key(1)] };
    private static readonly ZaqarOptions Lost = new() { MessageKeys = [ZaqarServer.Key(2)] };
    private readonly MemoryLogStore _store = new();

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public async Task What_a_queue_encrypts_is_not_to_be_read_in_the_store(string encrypts, bool isReadable)
    {
        await using var server = await FilledAsync(Old, encrypts);
        Assert.Equal(isReadable, await IsStoredAsync(Secret));
    }

    [Fact]
    public async Task Every_way_to_a_message_shows_it_decrypted()
    {
        await using var server = await FilledAsync(Old);
        var client = server.Client;
        var ids = (await client.GetAsync("/v2/queues/q/messages?echo=true")).Ids();
        ZaqarAnswer[] answers =
        [
            await client.GetAsync("/v2/queues/q/messages?echo=true"),
            await client.GetAsync($"/v2/queues/q/messages?ids={ids[0]}"),
            await client.GetAsync((await client.ClaimAsync("q")).Location!),
            await client.GetAsync("/v2/queues/q/messages?include_claimed=true&echo=true"),
        ];
        Assert.All(answers, answer => Assert.Equal([$"\"{Secret}\""], answer.Bodies()));
        Assert.Equal(Secret, (await client.GetAsync($"/v2/queues/q/messages/{ids[0]}")).Json().GetProperty("body").GetString());
        await client.DeleteAsync($"/v2/queues/q/messages?ids={ids[0]}");
        await client.PostMessagesAsync("q", $$"""{"body":"{{Secret}}"}""");
        Assert.Equal([$"\"{Secret}\""], (await client.DeleteAsync("/v2/queues/q/messages?pop=1")).Bodies());
    }

    [Fact]
    public async Task A_socket_lists_claims_and_is_pushed_decrypted()
    {
        await using var server = await FilledAsync(Old);
        using var socket = await SocketCaller.OpenAsync(server, isText: true);
        Assert.Equal(Secret, (string?)(await socket.AskAsync("message_list", """{"queue_name":"q","echo":true}"""))["body"]!["messages"]![0]!["body"]);
        Assert.Equal(Secret, (string?)(await socket.AskAsync("claim_create", """{"queue_name":"q"}"""))["body"]!["messages"]![0]!["body"]);
        await socket.AskAsync("subscription_create", """{"queue_name":"q","ttl":600}""");
        await server.Client.PostMessagesAsync("q", $$"""{"body":"{{Secret}}"}""");
        Assert.Equal(Secret, (string?)(await socket.ReceiveAsync())["body"]);
    }

    [Fact]
    public async Task A_message_stays_readable_as_a_dead_letter()
    {
        await using var server = await ZaqarServer.StartAsync(Old, _store);
        var client = server.Client;
        await client.PutAsync("/v2/queues/q", """{"_enable_encrypt_messages":true,"_max_claim_count":1,"_dead_letter_queue":"dead"}""");
        await client.PostMessagesAsync("dead", """{"body":"first"}""");
        await client.PostMessagesAsync("q", $$"""{"body":"{{Secret}}"}""");
        await client.DeleteAsync((await client.ClaimAsync("q")).Location!);
        Assert.Equal(204, (await client.PostAsync("/v2/queues/q/claims", """{"ttl":60,"grace":60}""")).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(["\"first\"", $"\"{Secret}\""], (await client.ClaimAsync("dead")).Bodies(201));
        Assert.False(await IsStoredAsync(Secret));
    }

    [Fact]
    public async Task Subscribers_are_told_decrypted_what_waits_for_them_encrypted()
    {
        await using var server = await ZaqarServer.StartAsync(Old, _store);
        await using var hook = await Webhook.StartAsync();
        await server.Client.PutAsync("/v2/queues/q", """{"_enable_encrypt_messages":true}""");
        await server.Client.PostAsync("/v2/queues/q/subscriptions", $$"""{"subscriber":"{{hook.Url}}"}""");
        await server.Client.PostMessagesAsync("q", $$"""{"body":"{{Secret}}"}""");
        Assert.Equal(Secret, (await hook.NextAsync()).Json().GetProperty("body").GetString());
        Assert.False(await IsStoredAsync(Secret));
    }

    [Fact]
    public async Task After_a_rotation_old_messages_are_still_read_and_new_ones_have_the_new_key()
    {
        await using (await FilledAsync(Old)) { }
        string[] ids;
        await using (var server = await FilledAsync(Rotated))
        {
            var both = await server.Client.GetAsync("/v2/queues/q/messages?echo=true");
            Assert.Equal(2, both.Bodies().Length);
            ids = both.Ids();
        }

        await using var without = await ZaqarServer.StartAsync(Lost, _store);
        Assert.Equal([ids[1]], (await without.Client.GetAsync("/v2/queues/q/messages?echo=true")).Ids());
    }

    [Fact]
    public async Task A_message_whose_key_is_gone_is_left_out_of_lists_and_told_of_by_its_id()
    {
        string id;
        await using (var server = await FilledAsync(Old)) id = (await server.Client.GetAsync("/v2/queues/q/messages?echo=true")).Ids()[0];
        await using var lost = await FilledAsync(Lost);
        var client = lost.Client;
        Assert.Equal([$"\"{Secret}\""], (await client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
        var readable = (await client.GetAsync("/v2/queues/q/messages?echo=true&limit=1")).Ids();
        Assert.DoesNotContain(id, readable);
        Assert.Equal(readable, (await client.GetAsync($"/v2/queues/q/messages?ids={id},{readable[0]}")).Ids());
        Assert.Equal("Not found", (await client.GetAsync($"/v2/queues/q/messages?ids={id}")).Error(404));
        Assert.Equal("Service temporarily unavailable", (await client.GetAsync($"/v2/queues/q/messages/{id}")).Error(503));
        Assert.Equal(204, (await client.DeleteAsync($"/v2/queues/q/messages/{id}")).Status);
        Assert.Equal(404, (await client.GetAsync($"/v2/queues/q/messages/{id}")).Status);
    }

    [Fact]
    public async Task Claims_go_past_messages_whose_key_is_gone_and_nobody_loses_them()
    {
        await using (await FilledAsync(Old)) { }
        await using (var lost = await FilledAsync(Lost))
        {
            Assert.Equal([$"\"{Secret}\""], (await lost.Client.PostAsync("/v2/queues/q/claims?limit=1", """{"ttl":60,"grace":60}""")).Bodies(201));
            Assert.Equal(204, (await lost.Client.PostAsync("/v2/queues/q/claims?limit=1", """{"ttl":60,"grace":60}""")).Status);
        }

        await using var back = await ZaqarServer.StartAsync(Rotated, _store);
        back.Clock.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(2, (await back.Client.ClaimAsync("q")).Bodies(201).Length);
    }

    [Fact]
    public async Task A_pop_gives_what_it_cannot_decrypt_as_it_is_stored_for_it_is_gone_then()
    {
        await using (await FilledAsync(Old)) { }
        await using var lost = await ZaqarServer.StartAsync(Lost, _store);
        var popped = Assert.Single((await lost.Client.DeleteAsync("/v2/queues/q/messages?pop=1")).Messages()).GetProperty("body").GetString()!;
        Assert.Equal(1, Convert.FromBase64String(popped)[0]);
    }

    [Fact]
    public async Task Without_a_key_no_queue_is_made_that_only_seems_to_encrypt()
    {
        await using var server = await ZaqarServer.StartAsync(new ZaqarOptions(), _store);
        Assert.Equal("Invalid API request", (await server.Client.PutAsync("/v2/queues/q", """{"_enable_encrypt_messages":true}""")).Error(400));
    }

    [Fact]
    public async Task A_post_is_refused_when_the_key_has_gone()
    {
        await using (await FilledAsync(Old)) { }
        await using var server = await ZaqarServer.StartAsync(new ZaqarOptions(), _store);
        Assert.Equal(503, (await server.Client.PostAsync("/v2/queues/q/messages", """{"messages":[{"body":1}]}""")).Status);
    }

    [Theory]
    [InlineData("{ \"a\" : \"b \\\" c\" ,\n\t\"d\":[1, 2]}", "{\"a\":\"b \\\" c\",\"d\":[1,2]}")]
    [InlineData("\"\\\\\"", "\"\\\\\"")]
    [InlineData("7", "7")]
    public async Task A_checksum_is_that_of_the_body_without_white_space(string body, string compact)
    {
        await using var server = await ZaqarServer.StartAsync(Old with { ChecksumsAreShown = true }, _store);
        await server.Client.PutAsync("/v2/queues/q", """{"_enable_encrypt_messages":true}""");
        await server.Client.PostMessagesAsync("q", $$"""{"body":{{body}}}""");
        var shown = Assert.Single((await server.Client.GetAsync("/v2/queues/q/messages?echo=true")).Messages()).GetProperty("checksum").GetString();
#pragma warning disable CA5351 // the protocol's own
        Assert.Equal("MD5:" + Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(compact))), shown);
#pragma warning restore CA5351
    }

    private async Task<ZaqarServer> FilledAsync(ZaqarOptions options, string encrypts = "true")
    {
        var server = await ZaqarServer.StartAsync(options, _store);
        await server.Client.PutAsync("/v2/queues/q", $$"""{"_enable_encrypt_messages":{{encrypts}}}""");
        await server.Client.PostMessagesAsync("q", $$"""{"body":"{{Secret}}"}""");
        return server;
    }

    private async Task<bool> IsStoredAsync(string text)
    {
        var found = false;
        foreach (var stored in await _store.ListStoredAsync(default, 100))
        {
            var page = await _store.ReadAsync(stored.Number, new Sequence(1), new Sequence(long.MaxValue), int.MaxValue);
            found |= page.Batches.Any(batch => batch.Bytes.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);
        }

        return found;
    }
}
