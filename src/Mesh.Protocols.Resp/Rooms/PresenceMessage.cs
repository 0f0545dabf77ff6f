using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>What a client is told that watches who is in a room: one JSON object a change.</summary>
/// <param name="Event"><c>joined</c> or <c>left</c>.</param>
/// <param name="Id">The member's client id.</param>
/// <param name="Name">What it calls itself; empty when it did not say.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="Members">How many there are now.</param>
internal sealed record PresenceMessage(string Event, long Id, string Name, string Address, int Members)
{
    public static byte[] Encode(string change, RoomMember member, int members) =>
        JsonSerializer.SerializeToUtf8Bytes(new PresenceMessage(change, member.Id, member.Name, member.Address, members), PresenceJson.Default.PresenceMessage);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PresenceMessage))]
internal sealed partial class PresenceJson : JsonSerializerContext;
