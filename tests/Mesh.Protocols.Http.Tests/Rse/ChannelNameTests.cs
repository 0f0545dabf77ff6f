using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 2.3.</summary>
public sealed class ChannelNameTests
{
    [Theory]
    [InlineData("/p/eq%3D%3D", "/p/eq==")]
    [InlineData("/p/eq%3d%3D", "/p/eq==")]
    [InlineData("/p/a%2Fb", "/p/a/b")]
    [InlineData("/p/pl%2Bus", "/p/pl+us")]
    [InlineData("/p/pl+us", "/p/pl+us")]
    [InlineData("/p/low%c3%a9", "/p/low%C3%A9")]
    [InlineData("/p/sp%20ace", "/p/sp%20ace")]
    [InlineData("/p/tr/", "/p/tr/")]
    [InlineData("//dd", "//dd")]
    [InlineData("/p//dd", "/p//dd")]
    [InlineData("/p/../q/.", "/p/../q/.")]
    [InlineData("/%41%62%7e", "/Ab~")]
    [InlineData("/-_.~!$&'()*+,;=:@", "/-_.~!$&'()*+,;=:@")]
    [InlineData("/\"<>^`{|}", "/%22%3C%3E%5E%60%7B%7C%7D")]
    [InlineData("/%", "/%25")]
    [InlineData("/%4", "/%254")]
    [InlineData("/%zz%41", "/%25zzA")]
    [InlineData("/%25", "/%25")]
    [InlineData("/%2541", "/%2541")]
    [InlineData("/%ff", "/%FF")]
    [InlineData("/é", "/%C3%A9")]
    public void A_name_is_decoded_and_encoded_anew(string raw, string normal)
    {
        Assert.Equal(normal, ChannelPath.Normalise(raw, ""));
        if (!normal.Contains("%25", StringComparison.Ordinal)) Assert.Equal(normal, ChannelPath.Normalise(normal, ""));
    }

    [Theory]
    [InlineData("/a", "a", "")]
    [InlineData("/a/b/c", "a", "/b/c")]
    [InlineData("/a/", "a", "/")]
    [InlineData("//dd", "", "/dd")]
    [InlineData("//", "", "/")]
    [InlineData("///", "", "//")]
    public void A_name_is_a_tree_and_a_key(string path, string tree, string key)
    {
        Assert.Equal(new ChannelPath(tree, key), ChannelPath.Split(path));
        Assert.Equal(path, ChannelPath.Split(path).ToString());
    }

    [Theory]
    [InlineData("/rse/a", "/a")]
    [InlineData("/RSE/a", "/a")]
    [InlineData("/%72se/a", "/a")]
    [InlineData("/rse/", "/")]
    [InlineData("/rse//dd", "//dd")]
    [InlineData("/rse", null)]
    [InlineData("/rsebook/a", null)]
    [InlineData("/other/a", null)]
    public void A_path_base_is_taken_off(string raw, string? rest) => Assert.Equal(rest, ChannelPath.Normalise(raw, "/rse"));

    [Theory] // case 25
    [InlineData("/p/eq%3D%3D", "/p/eq==")]
    [InlineData("/p/pl%2Bus", "/p/pl+us")]
    [InlineData("/p/a%2Fb", "/p/a/b")]
    [InlineData("/p%2fa%2Fb", "/p/a/b")]
    [InlineData("/p/sp%20ace", "/p/sp%20ace")]
    [InlineData("/p/l%C3%A9", "/p/l%c3%a9")]
    [InlineData("/rse/p/eq%3D", "/p/eq=")]
    [InlineData("/p/eq=", "/rse/p/eq%3d")]
    public async Task Two_spellings_are_one_channel(string posted, string read)
    {
        await using var rse = await RseServer.StartAsync();
        Assert.Equal(201, (await rse.PostAsync(posted, "[1]")).Status);
        var answer = await rse.GetAsync(read);
        Assert.Equal(["[1]"], answer.Data());
        Assert.Equal(ChannelPath.Normalise(read, read.StartsWith("/rse", StringComparison.Ordinal) ? "/rse" : ""), answer.Channel());
    }

    [Fact]
    public async Task An_agents_channel_is_two_segments_of_base64_whatever_its_client_escapes() // case 25
    {
        await using var rse = await RseServer.StartAsync();
        const string Bare = "/q8/+eQ==/Zm9v+mJh/cg==";
        const string Escaped = "/q8%2F%2BeQ%3D%3D/Zm9v%2bmJh%2fcg%3d%3d";
        await rse.PostAsync(Escaped, "[1]");
        await rse.PostAsync(Bare, "[2]");
        var agent = await rse.GetAsync(Bare);
        Assert.Equal((Bare, "[1][2]"), (agent.Channel(), string.Concat(agent.Data())));
        await rse.PostAsync("/q8/+eQ==", "[3]");
        Assert.Equal(["[1]", "[2]", "[3]"], (await rse.GetAsync($"{Escaped}?events=parent")).Data());
        Assert.Equal(["[1]", "[2]", "[3]"], (await rse.GetAsync("/q8?events=all")).Data());
        Assert.Equal(204, (await rse.GetAsync("/q8/+e?events=all")).Status);
    }

    [Fact]
    public async Task Slashes_and_case_count() // case 26
    {
        await using var rse = await RseServer.StartAsync();
        string[] channels = ["/p/", "/p", "//p", "/p//", "/P", "/p//dd", "/p/dd", "/p/./dd", "/p/x/../dd"];
        foreach (var channel in channels)
        {
            Assert.Equal(204, (await rse.GetAsync(channel)).Status);
            await rse.PostAsync(channel, $"[\"{channel}\"]");
        }

        foreach (var channel in channels)
        {
            var answer = await rse.GetAsync(channel);
            Assert.Equal([$"[\"{channel}\"]"], answer.Data());
            Assert.Equal(channel, answer.Channel());
        }
    }

    [Fact]
    public async Task The_target_may_name_its_host()
    {
        await using var rse = await RseServer.StartAsync();
        await rse.PostAsync("/c", "[1]");
        var answer = await RawHttp.ExchangeAsync(
            rse.Address, $"GET http://127.0.0.1:{rse.Address.Port}/c?max-events=1 HTTP/1.1\r\nHost: 127.0.0.1:{rse.Address.Port}\r\nConnection: close\r\nUser-Agent: uuid/b\r\nX-Auth-Token: s3cr3t\r\n\r\n");
        Assert.Contains("\"data\":[1]", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_have_bounds()
    {
        await using var rse = await RseServer.StartAsync();
        Assert.Equal(201, (await rse.PostAsync("/" + new string('x', 2047), "[1]")).Status);
        Assert.Contains("2048", (await rse.PostAsync("/" + new string('x', 2048), "[1]")).Error(400), StringComparison.Ordinal);
        Assert.Equal(201, (await rse.PostAsync(new string('/', 128), "[1]")).Status);
        Assert.Contains("128", (await rse.PostAsync(new string('/', 129), "[1]")).Error(400), StringComparison.Ordinal);
    }
}
