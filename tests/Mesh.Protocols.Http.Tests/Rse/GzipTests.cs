using System.IO.Compression;
using System.Text;
using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 2.2: answers of 256 bytes and more are compressed for those who take gzip.</summary>
public sealed class GzipTests : IAsyncLifetime
{
    private static readonly string Long = $"[\"{new string('x', 5000)}\"]";
    private RseServer _rse = null!;

    public async Task InitializeAsync()
    {
        _rse = await RseServer.StartAsync(mode: RseMode.Test);
        await _rse.PostAsync("/long", Long);
        await _rse.PostAsync("/short", "[1]", "x uuid/a");
    }

    public async Task DisposeAsync() => await _rse.DisposeAsync();

    [Theory]
    [InlineData("/long", "gzip")]
    [InlineData("/long", "deflate, GZIP;q=0.5")]
    [InlineData("/long", "*")]
    [InlineData("/long?callback=f", "gzip")]
    [InlineData("/all", "br, gzip")]
    public async Task A_long_answer_is_compressed(string target, string accepted)
    {
        var plain = await _rse.GetAsync(target);
        using var packed = await _rse.AskAsync(HttpMethod.Get, target, RseServer.B, null, ("Accept-Encoding", accepted));
        Assert.Equal(("gzip", "Accept-Encoding"), (packed.Content.Headers.ContentEncoding.Single(), packed.Headers.Vary.Single()));
        Assert.Equal(plain.Type, packed.Content.Headers.GetValues("Content-Type").Single());
        var bytes = await packed.Content.ReadAsByteArrayAsync();
        Assert.True(bytes.Length < plain.Body.Length / 10);
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress), Encoding.UTF8);
        Assert.Equal(plain.Body, await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData("/short", "gzip")]
    [InlineData("/long", "")]
    [InlineData("/long", "gzip;q=0, *")]
    [InlineData("/long", "br")]
    [InlineData("/long", "=;,")]
    public async Task Short_answers_and_those_who_do_not_take_it_get_plain_ones(string target, string accepted)
    {
        var answer = await _rse.SendAsync(HttpMethod.Get, target, RseServer.B, null, ("Accept-Encoding", accepted));
        Assert.Equal(answer.Body.Length, answer.Length);
        Assert.Single(answer.Events());
    }
}
