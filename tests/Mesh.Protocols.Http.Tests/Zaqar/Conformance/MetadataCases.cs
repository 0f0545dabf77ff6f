using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Case 41.</summary>
public abstract class MetadataCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    [ContractFact]
    public async Task Metadata_changes_key_by_key()
    {
        await In("v2").PutAsync("q");
        var added = await PatchAsync("""{"op":"add","path":"/metadata/a","value":1},{"op":"add","path":"/metadata/b","value":{"c":2}}""");
        Assert.Equal((1, 2), (added.Json().GetProperty("a").GetInt32(), added.Json().GetProperty("b").GetProperty("c").GetInt32()));
        Assert.Equal(9, (await PatchAsync("""{"op":"replace","path":"/metadata/a","value":9}""")).Json().GetProperty("a").GetInt32());
        Assert.Equal(409, (await PatchAsync("""{"op":"replace","path":"/metadata/missing","value":1}""")).Status);
        Assert.Equal(409, (await PatchAsync("""{"op":"remove","path":"/metadata/missing"}""")).Status);
        Assert.Equal(200, (await PatchAsync("""{"op":"remove","path":"/metadata/_max_claim_count"}""")).Status);
        Assert.Equal(300, (await PatchAsync("""{"op":"add","path":"/metadata/_default_message_ttl","value":300}""")).Json().GetProperty("_default_message_ttl").GetInt32());
        Assert.Equal(3600, (await PatchAsync("""{"op":"remove","path":"/metadata/_default_message_ttl"}""")).Json().GetProperty("_default_message_ttl").GetInt32());
    }

    [ContractFact]
    public async Task A_change_in_another_form_is_refused()
    {
        await In("v2").PutAsync("q");
        Assert.Equal(415, (await In("v2").PatchAsync("q", """[{"op":"add","path":"/metadata/a","value":1}]""")).Status);
        Assert.Equal(400, (await PatchAsync("""{"op":"copy","path":"/metadata/a","value":1}""")).Status);
        foreach (var body in new[] { "[]", "{}", "" }) Assert.Equal(400, (await In("v2").SendAsync("PATCH", "q", body, ZaqarCaller.PatchType)).Status);
    }

    private Task<ZaqarAnswer> PatchAsync(string operations) => In("v2").SendAsync("PATCH", "q", $"[{operations}]", ZaqarCaller.PatchType);
}
