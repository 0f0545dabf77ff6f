using System.Globalization;
using System.Text.Json;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Case 49.</summary>
public abstract class SigningCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    protected VersionCaller Client => In("v2");

    [ContractFact]
    public async Task A_signature_opens_the_messages_it_is_for()
    {
        var message = (await Client.PostNumbersAsync("q", 1))[0];
        var before = Door.Now;
        var signed = (await Client.PostAsync("q/share", "{}")).Json();
        Assert.Equal($"""["/v2/queues/q/messages"] ["GET"] {Door.Project}""", $"{signed.GetProperty("paths").GetRawText()} {signed.GetProperty("methods").GetRawText()} {signed.GetProperty("project").GetString()}");
        var expires = DateTimeOffset.Parse(signed.GetProperty("expires").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(expires, before.AddDays(1).AddSeconds(-1), Door.Now.AddDays(1));
        Assert.Equal(200, await UseAsync("GET", "q/messages", signed));
        Assert.Equal(200, await UseAsync("GET", message, signed));
    }

    [ContractFact]
    public async Task Whatever_a_signature_is_not_for_is_not_found()
    {
        await Client.PostNumbersAsync("q", 1);
        var signed = (await Client.PostAsync("q/share", "{}")).Json();
        Assert.Equal(404, await UseAsync("POST", "q/messages", signed));
        Assert.Equal(404, await UseAsync("GET", "q/stats", signed));
        Assert.Equal(404, await UseAsync("GET", "r/messages", signed));
        foreach (var signature in new[] { "", "0", new string('0', 64) }) Assert.Equal(404, await UseAsync("GET", "q/messages", signed, signature));
        foreach (var expires in new[] { "tomorrow", "2026-03-02T12:00:01" }) Assert.Equal(404, await UseAsync("GET", "q/messages", signed, expires: expires));
    }

    [ContractTheory]
    [InlineData(null)]
    [InlineData("not JSON")]
    [InlineData("""{"methods":"GET"}""")]
    [InlineData("""{"paths":["stats"]}""")]
    [InlineData("""{"unknown":1}""")]
    [InlineData("""{"expires":1}""")]
    [InlineData("""{"expires":"2020-01-01T00:00:00"}""")]
    public async Task What_cannot_be_signed_is_refused(string? body) => Assert.Equal(400, (await Client.PostAsync("q/share", body)).Status);

    protected async Task<int> UseAsync(string method, string path, JsonElement signed, string? signature = null, string? expires = null)
    {
        var answer = await Client.SendAsync(method, path, headers:
        [
            ("URL-Signature", signature ?? signed.GetProperty("signature").GetString()!),
            ("URL-Expires", expires ?? signed.GetProperty("expires").GetString()!),
            ("URL-Methods", Join("methods")),
            ("URL-Paths", Join("paths")),
        ]);
        return answer.Status;

        string Join(string name) => string.Join(',', signed.GetProperty(name).EnumerateArray().Select(each => each.GetString()));
    }
}
