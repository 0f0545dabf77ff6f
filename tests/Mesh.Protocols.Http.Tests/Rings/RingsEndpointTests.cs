using System.Net;
using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Rings;
using Mesh.Testing;
using Mesh.Testing.Http;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rings;

/// <summary>Rings made, shown and removed over HTTP.</summary>
public sealed class RingsEndpointTests : IAsyncLifetime
{
    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private readonly HttpClient _client = new();
    private EmbeddedMesh _mesh = null!;
    private KestrelHost _host = null!;

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store);
        var rings = new RingsEndpoint(_mesh);
        _host = await KestrelHost.StartAsync(app => app.Map("/rings", below => below.Run(rings.HandleAsync)));
        _client.BaseAddress = _host.Address;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        await _mesh.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_ring_is_made_with_what_it_keeps_and_shown()
    {
        Assert.Equal((HttpStatusCode.Created, """{"name":"55","limits":{"entries":2,"age":3600},"length":0,"first":1,"next":1}"""), await SendAsync(HttpMethod.Put, "rings/55", """{"entries":2,"age":3600}"""));
        foreach (var body in new[] { "a", "b", "c" }) await _mesh.Ring(StreamName.Ring("55")).AppendAsync(Given.Segment(body));
        Assert.Equal((HttpStatusCode.OK, """{"name":"55","limits":{"entries":2,"age":3600},"length":2,"first":2,"next":4}"""), await SendAsync(HttpMethod.Get, "rings/55"));
    }

    [Fact]
    public async Task What_a_ring_keeps_can_be_changed_at_once_and_lifted()
    {
        await _mesh.Ring(StreamName.Ring("r")).AppendAsync(Given.Segment("a", "b", "c"));
        Assert.Equal((HttpStatusCode.OK, """{"name":"r","limits":{"entries":1},"length":1,"first":3,"next":4}"""), await SendAsync(HttpMethod.Put, "rings/r", """{"entries":1}"""));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, "rings/r")).Status);
        await _mesh.Ring(StreamName.Ring("r")).AppendAsync(Given.Segment("d", "e"));
        Assert.Equal(["d", "e"], (await _mesh.Ring(StreamName.Ring("r")).ReadAsync(new ReadQuery { From = new Sequence(4) })).Bodies());
        Assert.Contains("\"limits\":{},", (await SendAsync(HttpMethod.Get, "rings/r")).Text);
    }

    [Fact]
    public async Task A_ring_is_removed_with_all_it_holds()
    {
        await _mesh.Ring(StreamName.Ring("r")).AppendAsync(Given.Segment("a"));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "rings/r")).Status);
        Assert.Equal((HttpStatusCode.NotFound, """{"error":"There is no ring r."}"""), await SendAsync(HttpMethod.Delete, "rings/r"));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "rings/r")).Status);
    }

    [Fact]
    public async Task Rings_are_listed_in_pages()
    {
        foreach (var name in new[] { "b", "a", "c" }) await SendAsync(HttpMethod.Put, $"rings/{name}");
        Assert.Equal((HttpStatusCode.OK, """{"rings":["a","b"]}"""), await SendAsync(HttpMethod.Get, "rings?limit=2"));
        Assert.Equal((HttpStatusCode.OK, """{"rings":["c"]}"""), await SendAsync(HttpMethod.Get, "rings?limit=2&after=b"));
    }

    [Theory]
    [InlineData("PUT", "rings/r", """{"entries":0}""", 400, "entries must be at least 1")]
    [InlineData("PUT", "rings/r", """{"age":0}""", 400, "age must be 1 to")]
    [InlineData("PUT", "rings/r", """{"bytes":-1}""", 400, "bytes must be at least 1")]
    [InlineData("PUT", "rings/r", """{"entrys":5}""", 400, "entrys")]
    [InlineData("PUT", "rings/r", "[", 400, "The body is an object such as")]
    [InlineData("PUT", "rings/r", "null", 400, "The body is an object")]
    [InlineData("GET", "rings?limit=0", null, 400, "limit must be 1 to 1000")]
    [InlineData("POST", "rings/r", null, 405, "allowed are GET, PUT, DELETE")]
    [InlineData("PUT", "rings", null, 405, "allowed are GET")]
    public async Task What_is_wrong_is_said_and_changes_nothing(string method, string path, string? body, int status, string reason)
    {
        var (answered, text) = await SendAsync(new HttpMethod(method), path, body);
        Assert.Equal((HttpStatusCode)status, answered);
        Assert.Contains(reason, text);
        Assert.Null(await _mesh.Catalogue.FindAsync(StreamName.Ring("r")));
    }

    [Fact]
    public async Task While_storage_is_away_it_answers_so()
    {
        _store.IsAway = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(HttpMethod.Put, "rings/r")).Status);
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
