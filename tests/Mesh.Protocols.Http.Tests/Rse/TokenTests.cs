using System.Net;
using System.Net.Sockets;
using System.Text;
using Mesh.Protocols.Http.Rse;
using Mesh.Protocols.Http.Rse.Tokens;
using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 4: who comes in, and where valid tokens are.</summary>
public sealed class TokenTests
{
    private const string Missing = "Missing header: X-Auth-Token";
    private const string Unknown = "The token in X-Auth-Token is not known, or has expired";

    [Fact] // case 18
    public async Task Live_mode_lets_in_who_has_a_valid_token()
    {
        await using var rse = await RseServer.StartAsync();
        Assert.Equal(Missing, (await SendAsync(rse, HttpMethod.Post, "/c", "")).Error(401));
        Assert.Equal(Missing, (await SendAsync(rse, HttpMethod.Get, "/c", "")).Error(401));
        Assert.Equal(Unknown, (await SendAsync(rse, HttpMethod.Post, "/c", "s3cr3T")).Error(401));
        Assert.Equal(Unknown, (await SendAsync(rse, HttpMethod.Get, "/c", "other")).Error(401));
        Assert.Equal(204, (await rse.GetAsync("/c")).Status);
        Assert.Equal(201, (await SendAsync(rse, HttpMethod.Post, "/c", RseServer.Token)).Status);
        Assert.Equal(["[1]"], (await rse.GetAsync("/c")).Data());
    }

    [Fact] // case 19
    public async Task Test_mode_lets_in_who_has_none_but_nobody_with_a_wrong_one()
    {
        await using var rse = await RseServer.StartAsync(mode: RseMode.Test);
        Assert.Equal(201, (await SendAsync(rse, HttpMethod.Post, "/c", "")).Status);
        Assert.Equal(Unknown, (await SendAsync(rse, HttpMethod.Post, "/c", "other")).Error(401));
        Assert.Equal(Unknown, (await SendAsync(rse, HttpMethod.Get, "/all", "other")).Error(401));
        Assert.Equal(["[1]"], (await rse.GetAsync("/c")).Data());
    }

    [Fact]
    public async Task Without_a_store_of_tokens_live_mode_knows_none_and_test_mode_looks_at_none()
    {
        var check = new TokenCheck(new RseOptions());
        var request = new Microsoft.AspNetCore.Http.DefaultHttpContext().Request;
        Assert.Equal(Missing, (await check.RefuseAsync(request, RseMode.Live, default))!.Value.Message);
        Assert.Null(await check.RefuseAsync(request, RseMode.Test, default));
        request.Headers["X-Auth-Token"] = "any";
        Assert.Equal(Unknown, (await check.RefuseAsync(request, RseMode.Live, default))!.Value.Message);
        Assert.Null(await check.RefuseAsync(request, RseMode.Test, default));
    }

    [Theory] // case 24
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task The_token_is_looked_at_before_the_method(string method)
    {
        await using var rse = await RseServer.StartAsync();
        Assert.Equal(401, (await SendAsync(rse, new HttpMethod(method), "/c", "")).Status);
        Assert.Equal(405, (await SendAsync(rse, new HttpMethod(method), "/c", RseServer.Token)).Status);
        Assert.Equal(404, (await SendAsync(rse, new HttpMethod(method), "/", "")).Status);
    }

    [Fact]
    public async Task A_token_store_that_is_away_is_503_for_health_too()
    {
        var away = new DnsEndPoint("127.0.0.1", FreePort.Take());
        await using var rse = await RseServer.StartAsync(new RseOptions { Tokens = new MemcachedTokens([away], TimeProvider.System) });
        Assert.Equal("It cannot be found out at the moment which tokens are valid. Try again later.", (await rse.GetAsync("/c")).Error(503));
        Assert.Equal(503, (await rse.GetAsync("/health")).Status);
        Assert.Equal(401, (await SendAsync(rse, HttpMethod.Get, "/c", "")).Status);
    }

    [Theory]
    [InlineData("", 249, false)]
    [InlineData("", 250, true)]
    [InlineData("QuattroAPI_Login_Ticket_", 225, false)]
    [InlineData("QuattroAPI_Login_Ticket_", 226, true)]
    public void A_long_key_is_hashed_as_dotnet_writes_bytes(string prefix, int tokenChars, bool isHashed)
    {
        var token = new string('é', tokenChars);
        var key = new TokenKey(prefix, 250).Of(token);
        if (isHashed) Assert.Matches("^([0-9A-F]{2}-){63}[0-9A-F]{2}$", key);
        else Assert.Equal(prefix + token, key);
    }

    [Fact]
    public void A_hashed_key_is_the_sha_512_of_prefix_and_token() => Assert.Equal(
        "34-46-3B-C8", new TokenKey("p", 1).Of(new string('x', 300))[..11]);

    [Fact]
    public async Task A_file_of_tokens_is_read_again_when_it_changes()
    {
        using var folder = new TempFolder();
        var path = folder.File("tokens");
        await File.WriteAllTextAsync(path, "one\r\n\ntwo");
        var clock = new ManualClock();
        var tokens = new TokenFile(path, clock);
        Assert.True(await tokens.HoldsAsync("one"));
        Assert.True(await tokens.HoldsAsync("two"));
        Assert.False(await tokens.HoldsAsync(""));
        await File.WriteAllTextAsync(path, "three");
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.True(await tokens.HoldsAsync("one"));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await tokens.HoldsAsync("one"));
        Assert.True(await tokens.HoldsAsync("three"));
        File.Delete(path);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TokenStoreException>(async () => await tokens.HoldsAsync("three"));
        await File.WriteAllTextAsync(path, "three");
        Assert.True(await tokens.HoldsAsync("three"));
    }

    [Fact]
    public async Task Memcached_is_asked_for_the_key_and_a_found_one_is_good_for_a_second()
    {
        await using var memcached = new FakeMemcached();
        var clock = new ManualClock();
        var tokens = new MemcachedTokens([memcached.Address], clock);
        memcached.Entries["p-known"] = "END\r\nany value";
        Assert.True(await tokens.HoldsAsync("p-known"));
        Assert.False(await tokens.HoldsAsync("p-other"));
        memcached.Entries.Clear();
        Assert.True(await tokens.HoldsAsync("p-known"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await tokens.HoldsAsync("p-known"));
        Assert.Equal(["p-known", "p-other", "p-known"], memcached.Asked);
    }

    [Fact]
    public async Task A_key_that_memcached_cannot_have_is_never_sent_there()
    {
        await using var memcached = new FakeMemcached();
        var tokens = new MemcachedTokens([memcached.Address], new ManualClock());
        foreach (var key in new[] { "", "a b", "a\r\nflush_all", "a\0", "é", new string('x', 251) }) Assert.False(await tokens.HoldsAsync(key));
        Assert.Empty(memcached.Asked);
    }

    [Fact]
    public async Task Each_server_is_asked_until_one_has_the_key()
    {
        await using var first = new FakeMemcached();
        await using var second = new FakeMemcached();
        second.Entries["k"] = "";
        Assert.True(await new MemcachedTokens([first.Address, second.Address], new ManualClock()).HoldsAsync("k"));
        var away = new DnsEndPoint("127.0.0.1", FreePort.Take());
        var halved = new MemcachedTokens([away, second.Address], new ManualClock());
        Assert.True(await halved.HoldsAsync("k"));
        await Assert.ThrowsAsync<TokenStoreException>(async () => await halved.HoldsAsync("other"));
    }

    [Fact]
    public async Task A_connection_that_memcached_closed_is_made_again()
    {
        await using var memcached = new FakeMemcached();
        var tokens = new MemcachedTokens([memcached.Address], new ManualClock());
        for (var i = 0; i < 3; i++)
        {
            Assert.False(await tokens.HoldsAsync("k"));
            memcached.CloseAll();
        }
    }

    [MemcachedFact]
    public async Task A_real_memcached_lets_in_while_the_entry_is_there()
    {
        var port = FreePort.Take();
        using var memcached = System.Diagnostics.Process.Start(MemcachedFactAttribute.Program, ["-l", "127.0.0.1", "-p", $"{port}", "-U", "0", .. Environment.UserName == "root" ? new[] { "-u", "root" } : []])!;
        try
        {
            using var client = await ConnectAsync(port);
            var options = new RseOptions { Tokens = new MemcachedTokens([new DnsEndPoint("127.0.0.1", port)], TimeProvider.System), TokenPrefix = "T_" };
            await using var rse = await RseServer.StartAsync(options);
            Assert.Equal(401, (await rse.GetAsync("/c")).Status);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"set T_{RseServer.Token} 0 0 5\r\nhello\r\n"));
            await client.GetStream().ReadExactlyAsync(new byte["STORED\r\n".Length]);
            Assert.Equal(204, (await rse.GetAsync("/c")).Status);
            Assert.Equal("OK\n", (await rse.GetAsync("/health")).Body);
        }
        finally
        {
            memcached.Kill();
            await memcached.WaitForExitAsync();
        }
    }

    private static Task<Answer> SendAsync(RseServer rse, HttpMethod method, string target, string token) =>
        rse.SendAsync(method, target, RseServer.A, method == HttpMethod.Post ? "[1]"u8.ToArray() : null, ("X-Auth-Token", token));

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        TcpClient? open = null;
        await Eventually.TrueAsync(TryAsync, "the server listens");
        return open!;

        async Task<bool> TryAsync()
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                open = client;
                return true;
            }
            catch (SocketException)
            {
                client.Dispose();
                return false;
            }
        }
    }

    private sealed class MemcachedFactAttribute : FactAttribute
    {
        public const string Program = "/usr/bin/memcached";

        public MemcachedFactAttribute()
        {
            if (!File.Exists(Program)) Skip = $"{Program} is not installed.";
        }
    }
}
