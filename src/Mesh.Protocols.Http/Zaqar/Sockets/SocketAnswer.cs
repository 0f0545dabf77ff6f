using System.Text.Json.Nodes;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>What an action is answered with.</summary>
/// <param name="Status">As HTTP would have it.</param>
/// <param name="Body">What there is to say.</param>
internal sealed record SocketAnswer(int Status, JsonNode? Body)
{
    public bool IsGood => Status < 300;

    public static SocketAnswer Error(int status, string text) => new(status, new JsonObject { ["error"] = text });
}
