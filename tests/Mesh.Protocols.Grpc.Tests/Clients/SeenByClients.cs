using System.Text.Json.Nodes;

namespace Mesh.Protocols.Grpc.Tests.Clients;

/// <summary>What every client must see, whatever its language.</summary>
internal static class SeenByClients
{
    public static void Check(JsonNode seen, string restOfFirst)
    {
        string Json(string name) => seen[name]!.ToJsonString();
        Assert.Equal("""[0,"OK"]""", Json("published"));
        Assert.Equal($$"""["foobar",{"k":"v"},11,{{restOfFirst}}]""", Json("first"));
        Assert.Equal("true", Json("received_later"));
        Assert.Equal("\"foo\"", Json("second"));
        Assert.Equal("""["xfoo","foobar","foo"]""", Json("history"));
        Assert.Equal("true", Json("in_order"));
        Assert.Equal("\"INVALID_ARGUMENT\"", Json("bad_pattern"));
        Assert.Equal("\"DEADLINE_EXCEEDED\"", Json("deadline"));
        Assert.Equal("\"RESOURCE_EXHAUSTED\"", Json("too_large"));
        Assert.Equal("\"UNIMPLEMENTED\"", Json("unknown_method"));
    }
}
