using Mesh.Protocols.Rotera.Client;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>The interactive client, against a real door.</summary>
public sealed class ShellTests
{
    [Fact]
    public async Task Its_verbs_push_read_and_ask()
    {
        await using var server = await RoteraServer.StartAsync();
        var output = new StringWriter { NewLine = "\n" };
        using var shell = new RoteraShell(() => Client.RoteraClient.ConnectAsync(server.EndPoint.Address.ToString(), server.EndPoint.Port), output);
        foreach (var line in new[] { ":queue 7", ":push hello there", ":push two", ":ping", ":batch 1", ":read", ":batch 5", ":print-ids off", ":queue 7", ":read-batch", ":read-batch", ":current" })
            Assert.True(await shell.RunAsync(line));
        Assert.False(await shell.RunAsync(":q"));
        Assert.Equal(
            "Next message is 1.\nNext message is 2.\nNext message is 2. The server is alive.\n00000000001: two\nhello there\ntwo\nNo messages.\nQueue 7, batch 5, read up to 1.\n",
            output.ToString());
    }

    [Theory]
    [InlineData(":ping", "The server closed the connection: there may be no queue 0")]
    [InlineData(":queue x", ":queue needs a whole number")]
    [InlineData(":print-ids maybe", "on or off")]
    [InlineData("hello", "There is no command hello")]
    [InlineData(":push", "needs the text")]
    [InlineData(":help", ":read-batch [N]")]
    public async Task It_says_what_was_wrong_and_goes_on(string line, string answer)
    {
        await using var server = await RoteraServer.StartAsync();
        var output = new StringWriter();
        using var shell = new RoteraShell(() => Client.RoteraClient.ConnectAsync(server.EndPoint.Address.ToString(), server.EndPoint.Port), output);
        Assert.True(await shell.RunAsync(line));
        Assert.Contains(answer, output.ToString());
        Assert.True(await shell.RunAsync(":push after"));
        Assert.Contains("Next message is 1.", output.ToString());
    }
}
