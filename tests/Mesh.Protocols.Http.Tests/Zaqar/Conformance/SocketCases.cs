using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Case 55, and what else sockets do (Zaqar specification, section 1.16).</summary>
public abstract class SocketCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    [ContractFact]
    public async Task An_answer_stands_in_an_envelope_with_its_request()
    {
        using var socket = await SocketCaller.OpenAsync(Door);
        var empty = await socket.AskAsync("queue_list");
        Assert.Equal(
            $$$"""{"request":{"action":"queue_list","body":{},"headers":{{{SocketCaller.HeadersOf(Door.Project)}}},"api":"v2"},"body":{"queues":[]},"headers":{"status":200}}""",
            empty.ToJsonString());
        Assert.Equal((201, "\"Queue q created.\""), Of(await socket.AskAsync("queue_create", """{"queue_name":"q"}""")));
        Assert.Equal((204, "\"Queue q created.\""), Of(await socket.AskAsync("queue_create", """{"queue_name":"q"}""")));
        Assert.Equal((200, """{"queues":[{"name":"q"}]}"""), Of(await socket.AskAsync("queue_list")));
    }

    [ContractTheory]
    [InlineData("""{"action":"dance","headers":{"Client-ID":"6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10","X-Project-ID":"p"}}""", "dance is not a valid action")]
    [InlineData("""{"action":"queue_create","body":{},"headers":{}}""", "Schema validation failed.")]
    [InlineData("""{"body":{}}""", "Schema validation failed.")]
    [InlineData("[1]", "Unexpected body type. Expected dict or dict like.")]
    public async Task A_frame_that_asks_for_nothing_is_refused(string frame, string error)
    {
        using var socket = await SocketCaller.OpenAsync(Door);
        await socket.SendAsync(frame);
        var answer = await socket.ReceiveAsync();
        Assert.Equal((400, error), ((int)answer["headers"]!["status"]!, (string?)answer["body"]!["error"]));
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_are_posted_claimed_and_deleted_in_json_and_in_message_pack(bool isText)
    {
        using var socket = await SocketCaller.OpenAsync(Door, isText);
        var posted = await socket.AskAsync("message_post", """{"queue_name":"q","messages":[{"ttl":60,"body":{"n":[1,-200,1.5,true,null,"é"]}},{"ttl":60,"body":2}]}""");
        Assert.Equal(201, (int)posted["headers"]!["status"]!);
        var ids = posted["body"]!["message_ids"]!.AsArray();
        Assert.Equal(2, ids.Count);
        var listed = (await socket.AskAsync("message_list", """{"queue_name":"q","echo":true}"""))["body"]!["messages"]!.AsArray();
        Assert.Equal(["id", "claim_id", "ttl", "age", "body"], listed[0]!.AsObject().Select(each => each.Key));
        Assert.Equal("""{"n":[1,-200,1.5,true,null,"\u00E9"]}""", listed[0]!["body"]!.ToJsonString());
        var claim = await socket.AskAsync("claim_create", """{"queue_name":"q","ttl":100,"grace":60,"limit":1}""");
        var claimId = (string)claim["body"]!["claim_id"]!;
        Assert.Equal(claimId, (string?)claim["body"]!["messages"]![0]!["claim_id"]);
        Assert.Equal(100, (int)(await socket.AskAsync("claim_get", $$"""{"queue_name":"q","claim_id":"{{claimId}}"}"""))["body"]!["ttl"]!);
        Assert.Equal(204, Of(await socket.AskAsync("claim_update", $$"""{"queue_name":"q","claim_id":"{{claimId}}","ttl":200,"grace":60}""")).Status);
        Assert.Equal(403, Of(await socket.AskAsync("message_delete", $$"""{"queue_name":"q","message_id":"{{ids[0]}}"}""")).Status);
        Assert.Equal(204, Of(await socket.AskAsync("message_delete", $$"""{"queue_name":"q","message_id":"{{ids[0]}}","claim_id":"{{claimId}}"}""")).Status);
        Assert.Equal(404, Of(await socket.AskAsync("message_get", $$"""{"queue_name":"q","message_id":"{{ids[0]}}"}""")).Status);
        Assert.Equal(2, (int)(await socket.AskAsync("message_get_many", $$"""{"queue_name":"q","message_ids":["{{ids[1]}}"]}"""))["body"]!["messages"]![0]!["body"]!);
        Assert.Equal(204, Of(await socket.AskAsync("message_delete_many", $$"""{"queue_name":"q","message_ids":["{{ids[1]}}"]}""")).Status);
        Assert.Equal(0, (int)(await socket.AskAsync("queue_get_stats", """{"queue_name":"q"}"""))["body"]!["messages"]!["total"]!);
        Assert.Equal(404, Of(await socket.AskAsync("queue_get_stats", """{"queue_name":"missing"}""")).Status);
        Assert.Equal((204, """{"claim_id":null}"""), Of(await socket.AskAsync("claim_create", """{"queue_name":"q"}""")));
        Assert.Equal((204, "\"Queue q removed.\""), Of(await socket.AskAsync("queue_delete", """{"queue_name":"q"}""")));
    }

    [ContractTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_that_subscribes_is_told_of_messages_until_it_closes(bool isText)
    {
        using var socket = await SocketCaller.OpenAsync(Door, isText);
        Assert.Equal(201, Of(await socket.AskAsync("subscription_create", """{"queue_name":"q","ttl":600}""")).Status);
        await In("v2").PostNumbersAsync("q", 1);
        var pushed = await socket.ReceiveAsync();
        Assert.Equal(("Notification", "q", 0), ((string?)pushed["Message_Type"], (string?)pushed["queue_name"], (int)pushed["body"]!));
        await socket.CloseAsync();
        await Eventually.TrueAsync(async () => (await In("v2").GetAsync("q/subscriptions")).Json().GetProperty("subscriptions").GetArrayLength() == 0, "the subscription is gone with its socket");
    }

    [ContractFact]
    public async Task A_page_of_another_host_opens_no_socket()
    {
        await Assert.ThrowsAsync<WebSocketException>(() => SocketCaller.OpenAsync(Door, origin: "https://example.com"));
        using var own = await SocketCaller.OpenAsync(Door, origin: Door.Address.GetLeftPart(UriPartial.Authority));
    }

    private static (int Status, string? Body) Of(JsonNode answer) => ((int)answer["headers"]!["status"]!, answer["body"]?.ToJsonString());
}
