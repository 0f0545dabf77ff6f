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

    /// <summary>The same of mesh.v1.</summary>
    public static void CheckMesh(JsonNode seen)
    {
        string Json(string name) => seen[name]!.ToJsonString();
        Assert.Equal("true", Json("created"));
        Assert.Equal("1", Json("tail_from"));
        Assert.Equal("1", Json("first"));
        Assert.Equal("""[[1,"a"]]""", Json("filtered"));
        Assert.Equal("[[1,3],[2,4],[3,5]]", Json("acks"));
        Assert.Equal("[[2,4],[3,5],[4,6]]", Json("repeated"));
        Assert.Equal("""[[1,"a"],[2,"b"],[3,"c"],[4,"d"],[5,"e"],[6,"f"]]""", Json("tailed"));
        Assert.Equal("""["job",1]""", Json("claimed"));
        Assert.Equal("""["DONE"]""", Json("acked"));
        Assert.Equal("""[[5,"e"],[6,"f"]]""", Json("group"));
        Assert.Equal("\"pong\"", Json("reply"));
        Assert.Equal("""["NOT_FOUND",true]""", Json("refused"));
    }
}
