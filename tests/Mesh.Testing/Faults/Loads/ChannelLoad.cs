namespace Mesh.Testing.Faults.Loads;

/// <summary>Posts events to a channel of RSE.</summary>
public sealed class ChannelLoad(History history, IReadOnlyList<OpenDoors> servers, string channel, string producer)
    : HttpLoad(history, servers, $"channel:{channel}", producer)
{
    protected override HttpRequestMessage RequestFor(MessageId message) =>
        new(HttpMethod.Post, new Uri(Server.Rse, channel)) { Content = new StringContent($$"""{"message":"{{message}}"}""") };
}
