using System.Text.Json.Nodes;

namespace Mesh.Protocols.Grpc.Tests.Clients;

/// <summary>What every client of mesh.v1 must see, whatever its language.</summary>
internal static class SeenByClients
{
    public static void Check(JsonNode seen)
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
