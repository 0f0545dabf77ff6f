using System.Text.Json.Serialization;

namespace Mesh.Protocols.Http.Rooms;

/// <summary>What a client says of a room.</summary>
internal sealed record RoomWish
{
    /// <summary>Ids of the nodes that the room's slot is to have; null leaves it to the mesh.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault()
    {
        if (Nodes is null) return null;
        if (Nodes.Count == 0) return "nodes must name at least one node; to take a pin away, DELETE the room.";
        return Nodes.Distinct().Count() < Nodes.Count ? "nodes must name no node twice." : null;
    }
}

/// <summary>Where a room is.</summary>
/// <param name="Room">Its name.</param>
/// <param name="Slot">The slot that it shares its nodes with.</param>
/// <param name="Pinned">Somebody said which nodes they be.</param>
/// <param name="Nodes">Any of them serves the room; new clients take the first.</param>
internal sealed record RoomView(string Room, int Slot, bool Pinned, IReadOnlyList<RoomNode> Nodes);

/// <summary>A node to connect to.</summary>
internal sealed record RoomNode(string Id, string Host, int Port)
{
    public static RoomNode Of(Node node) => new(node.Id, node.Host, node.Port);
}

/// <summary>A node and how busy it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">Where clients reach it.</param>
/// <param name="Port">Of RESP.</param>
/// <param name="Slots">Slots that it is one of the nodes of.</param>
/// <param name="FirstSlots">Slots that it is the first node of.</param>
/// <param name="Connections">Open ones.</param>
/// <param name="Subscriptions">Of all its connections.</param>
/// <param name="MessagesPerSecond">Published there and pushed from there.</param>
/// <param name="Load">What nodes are compared by.</param>
internal sealed record NodeView(
    string Id, string Host, int Port, int Slots, int FirstSlots, int Connections, int Subscriptions, double MessagesPerSecond, double Load);

/// <summary>What a room keeps of its messages, as a client says it.</summary>
internal sealed record RoomHistoryWish
{
    /// <summary>The last so many. From 1.</summary>
    public long? Count { get; init; }

    /// <summary>Seconds. From 1 to ten years.</summary>
    public long? Age { get; init; }

    /// <summary>Stored bytes; the oldest go, some at a time, while there are more. From 1.</summary>
    public long? Bytes { get; init; }

    [JsonIgnore]
    public RetentionLimits Limits => new(Count, Bytes, Age);

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault() => Limits.IsUnlimited ? "A history is limited by count, by age or by bytes; give one of them at least." : Limits.Fault("count");
}

/// <summary>What a room keeps.</summary>
/// <param name="Room">Its name.</param>
/// <param name="Count">As <see cref="RoomHistoryWish.Count"/>; null does not limit.</param>
/// <param name="Age">As <see cref="RoomHistoryWish.Age"/>.</param>
/// <param name="Bytes">As <see cref="RoomHistoryWish.Bytes"/>.</param>
/// <param name="First">Sequence of the oldest message; of the next one when there is none.</param>
/// <param name="Last">Sequence of the newest there was; 0 when there was none.</param>
internal sealed record RoomHistoryView(string Room, long? Count, long? Age, long? Bytes, long First, long Last);

/// <summary>Who listens in a room, over the whole cluster.</summary>
internal sealed record RoomMembersView(string Room, IReadOnlyList<RoomMemberView> Members);

/// <summary>One client; its name is empty when it did not say one.</summary>
internal sealed record RoomMemberView(long Id, string Name, string Address);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RoomWish))]
[JsonSerializable(typeof(RoomView))]
[JsonSerializable(typeof(RoomHistoryWish))]
[JsonSerializable(typeof(RoomHistoryView))]
[JsonSerializable(typeof(RoomMembersView))]
[JsonSerializable(typeof(IReadOnlyList<NodeView>))]
internal sealed partial class RoomJson : JsonSerializerContext;
