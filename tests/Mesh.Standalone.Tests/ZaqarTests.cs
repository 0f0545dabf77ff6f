using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Mesh.Testing;
using Mesh.Testing.Http;
using Mesh.Testing.Mail;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests;

/// <summary>What a new user of Zaqar finds working, without an option.</summary>
public sealed class ZaqarTests : IDisposable
{
    private const string ClientId = "3381af92-2b9e-11e3-b191-71861300734c";

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_webhook_on_this_machine_is_told()
    {
        await using var mesh = await OpenAsync();
        await using var hook = await Webhook.StartAsync();
        await SubscribeAsync(mesh, hook.Url);
        Assert.Equal("hello", (await hook.NextAsync()).Json().GetProperty("body").GetString());
    }

    [Fact]
    public async Task Where_private_webhooks_are_off_the_log_says_why_it_is_not_called()
    {
        await using var mesh = await OpenAsync("--zaqar-private-webhooks", "off");
        await using var hook = await Webhook.StartAsync();
        await SubscribeAsync(mesh, hook.Url);
        await mesh.SaidAsync("not allowed");
        Assert.Equal(0, hook.Count);
    }

    [Fact]
    public async Task A_mailto_subscriber_is_mailed_through_the_server_that_the_options_name()
    {
        await using var server = new SmtpServer(new SmtpServerTerms { Mechanisms = ["PLAIN"], Account = ("mesh", "correct horse") });
        await File.WriteAllTextAsync(_folder.File("ca.pem"), server.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder.File("password"), "correct horse\n");
        await using var mesh = await OpenAsync(
            "--zaqar-smtp", $"localhost:{server.Port}", "--zaqar-smtp-ca", _folder.File("ca.pem"), "--zaqar-smtp-tls", "required",
            "--zaqar-smtp-user", "mesh", "--zaqar-smtp-password", $"file:{_folder.File("password")}", "--zaqar-smtp-from", "mesh@example.org");
        await SubscribeAsync(mesh, "mailto:me@example.org");
        var mail = await server.NextAsync();
        Assert.Equal(("mesh@example.org", "me@example.org", true, "mesh"), (mail.From, mail.To, mail.IsEncrypted, mail.User));
        Assert.Contains("\"hello\"", mail.Body());
    }

    [Fact]
    public async Task The_WebSocket_answers_on_its_own_port()
    {
        await using var mesh = await OpenAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(mesh.ZaqarWs, CancellationToken.None);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes($$$"""{"action":"queue_create","headers":{"Client-ID":"{{{ClientId}}}","X-Project-ID":"demo"},"body":{"queue_name":"ws"}}"""),
            WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var bytes = new byte[4096];
        var answer = await socket.ReceiveAsync(bytes, CancellationToken.None);
        Assert.Equal(201, JsonDocument.Parse(bytes.AsMemory(0, answer.Count)).RootElement.GetProperty("headers").GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_URL_signed_before_a_restart_opens_after_it()
    {
        string signed;
        await using (var mesh = await OpenAsync())
        {
            using var answer = await SendAsync(mesh, HttpMethod.Post, "demo/share", "{}");
            signed = await answer.Content.ReadAsStringAsync();
            mesh.Terminate();
            await mesh.EndAsync();
        }

        await using var again = await OpenAsync();
        var url = JsonDocument.Parse(signed).RootElement;
        using var opened = await SendAsync(again, HttpMethod.Get, "demo/messages", null, ("URL-Signature", url.GetProperty("signature").GetString()!), ("URL-Expires", url.GetProperty("expires").GetString()!), ("URL-Methods", "GET"), ("URL-Paths", "/v2/queues/demo/messages"));
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        using var forged = await SendAsync(again, HttpMethod.Get, "demo/messages", null, ("URL-Signature", new string('0', 64)), ("URL-Expires", url.GetProperty("expires").GetString()!), ("URL-Methods", "GET"), ("URL-Paths", "/v2/queues/demo/messages"));
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }

    private Task<MeshProcess> OpenAsync(params string[] more) => Standalone.OpenAsync(_folder.File("mesh.db"), more);

    private async Task SubscribeAsync(MeshProcess mesh, string subscriber)
    {
        using var subscribed = await SendAsync(mesh, HttpMethod.Post, "demo/subscriptions", $$"""{"subscriber":"{{subscriber}}"}""");
        Assert.Equal(HttpStatusCode.Created, subscribed.StatusCode);
        using var posted = await SendAsync(mesh, HttpMethod.Post, "demo/messages", """{"messages":[{"body":"hello"}]}""");
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(MeshProcess mesh, HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(mesh.Http, $"v2/queues/{path}")) { Content = json is null ? null : new StringContent(json) };
        request.Headers.Add("Client-ID", ClientId);
        request.Headers.Add("X-Project-ID", "demo");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await _client.SendAsync(request);
    }
}
