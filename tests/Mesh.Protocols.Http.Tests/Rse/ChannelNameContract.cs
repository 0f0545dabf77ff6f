using Mesh.Protocols.Http.Rse;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 2.3, over the wire.</summary>
public abstract class ChannelNameContract(Func<Task<RseDoor>> open) : DoorContract<RseDoor>(open)
{
    [ContractTheory] // case 25
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
        Assert.Equal(201, (await Door.PostAsync(posted, "[1]")).Status);
        var answer = await Door.GetAsync(read);
        Assert.Equal(["[1]"], answer.Data());
        Assert.Equal(ChannelPath.Normalise(read, read.StartsWith("/rse", StringComparison.Ordinal) ? "/rse" : ""), answer.Channel());
    }

    [ContractFact]
    public async Task An_agents_channel_is_two_segments_of_base64_whatever_its_client_escapes() // case 25
    {
        const string Bare = "/q8/+eQ==/Zm9v+mJh/cg==";
        const string Escaped = "/q8%2F%2BeQ%3D%3D/Zm9v%2bmJh%2fcg%3d%3d";
        await Door.PostAsync(Escaped, "[1]");
        await Door.PostAsync(Bare, "[2]");
        var agent = await Door.GetAsync(Bare);
        Assert.Equal((Bare, "[1][2]"), (agent.Channel(), string.Concat(agent.Data())));
        await Door.PostAsync("/q8/+eQ==", "[3]");
        Assert.Equal(["[1]", "[2]", "[3]"], (await Door.GetAsync($"{Escaped}?events=parent")).Data());
        Assert.Equal(["[1]", "[2]", "[3]"], (await Door.GetAsync("/q8?events=all")).Data());
        Assert.Equal(204, (await Door.GetAsync("/q8/+e?events=all")).Status);
    }

    [ContractFact]
    public async Task Slashes_and_case_count() // case 26
    {
        string[] channels = ["/p/", "/p", "//p", "/p//", "/P", "/p//dd", "/p/dd", "/p/./dd", "/p/x/../dd"];
        foreach (var channel in channels)
        {
            Assert.Equal(204, (await Door.GetAsync(channel)).Status);
            await Door.PostAsync(channel, $"[\"{channel}\"]");
        }

        foreach (var channel in channels)
        {
            var answer = await Door.GetAsync(channel);
            Assert.Equal([$"[\"{channel}\"]"], answer.Data());
            Assert.Equal(channel, answer.Channel());
        }
    }

    [ContractFact]
    public async Task The_target_may_name_its_host()
    {
        await Door.PostAsync("/c", "[1]");
        var answer = await RawHttp.ExchangeAsync(
            Door.Address, $"GET http://127.0.0.1:{Door.Address.Port}/c?max-events=1 HTTP/1.1\r\nHost: 127.0.0.1:{Door.Address.Port}\r\nConnection: close\r\nUser-Agent: uuid/b\r\nX-Auth-Token: s3cr3t\r\n\r\n");
        Assert.Contains("\"data\":[1]", answer, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Names_have_bounds()
    {
        Assert.Equal(201, (await Door.PostAsync("/" + new string('x', 2047), "[1]")).Status);
        Assert.Contains("2048", (await Door.PostAsync("/" + new string('x', 2048), "[1]")).Error(400), StringComparison.Ordinal);
        Assert.Equal(201, (await Door.PostAsync(new string('/', 128), "[1]")).Status);
        Assert.Contains("128", (await Door.PostAsync(new string('/', 129), "[1]")).Error(400), StringComparison.Ordinal);
    }
}
