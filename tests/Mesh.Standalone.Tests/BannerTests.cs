using Mesh.Hosting;
using Mesh.Hosting.Doors;
using Xunit;

namespace Mesh.Standalone.Tests;

public sealed class BannerTests
{
    [Fact]
    public void It_shows_each_open_door_with_a_command_to_try()
    {
        var banner = Write(new StandaloneOptions { Grpc = null });
        Assert.Contains("HTTP   http://127.0.0.1:8080", banner);
        Assert.Contains("RSE    http://127.0.0.1:8000", banner);
        Assert.Contains("RESP   127.0.0.1:6379", banner);
        Assert.Contains("WS     127.0.0.1:9000", banner);
        Assert.Contains("try: redis-cli -h 127.0.0.1 -p 6379 XADD", banner);
        Assert.DoesNotContain("gRPC", banner);
    }

    [Fact]
    public void It_shows_where_the_data_is() =>
        Assert.Contains($"Data: {Path.GetFullPath("./mesh.db")} (SQLite)", Write(new StandaloneOptions()));

    [Theory]
    [InlineData("Host=db;Port=5433;Database=mesh;Username=me;Password=secret", "PostgreSQL (Host=db;Port=5433;Database=mesh;Username=me)")]
    [InlineData("postgres://me:secret@db/mesh", "PostgreSQL")]
    public void It_never_shows_a_password(string data, string expected)
    {
        var banner = Write(new StandaloneOptions { Data = data });
        Assert.Contains(expected, banner);
        Assert.DoesNotContain("secret", banner);
    }

    [Fact]
    public void On_loopback_it_does_not_warn() => Assert.DoesNotContain("WARNING", Write(new StandaloneOptions()));

    [Fact]
    public void Beyond_loopback_it_warns_that_nothing_authenticates()
    {
        var banner = Write(new StandaloneOptions { Resp = ListenAddress.Parse("0.0.0.0:6379") });
        Assert.Contains("WARNING: --resp listens on 0.0.0.0:6379, beyond this machine, and nothing authenticates its clients yet.", banner);
        Assert.Contains("try: redis-cli -h 127.0.0.1 -p 6379", banner);
    }

    [Fact]
    public void Rse_in_live_mode_refuses_everybody_until_it_knows_tokens()
    {
        const string Refuses = "RSE at --rse is in live mode without --rse-tokens: it answers 401 to everybody.";
        var beyond = new StandaloneOptions { Rse = ListenAddress.Parse("0.0.0.0:8000") };
        Assert.Contains($"WARNING: {Refuses}", Write(beyond));
        Assert.Contains("live mode, events kept 120 s", Write(beyond));
        Assert.DoesNotContain("WARNING", Write(beyond with { RseTokens = TokenSource.Parse("memcached:localhost") }));
        Assert.Contains("--rse listens on 0.0.0.0:8000, beyond this machine", Write(beyond with { RseModes = RseModes.Parse("test") }));
        Assert.Contains("RSE at --http is in live mode without", Write(new StandaloneOptions { RseModes = RseModes.Parse("http=live") }));
    }

    private static string Write(StandaloneOptions options) => Banner.Write(options, Door.Of(options), DataPlace.Describe(options.Data));
}
