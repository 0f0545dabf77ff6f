using System.Security.Cryptography;
using System.Text;

namespace Mesh;

/// <summary>A process whose RESP door clients of rooms are sent to.</summary>
/// <param name="Id">40 hexadecimal digits, see <see cref="IdOf"/>.</param>
/// <param name="Host">Address or name under which clients reach the door.</param>
/// <param name="Port">Its port, as clients reach it.</param>
public sealed record Node(string Id, string Host, int Port)
{
    /// <summary>Characters of an id, as Redis Cluster has them.</summary>
    public const int IdChars = 40;

    /// <summary>The node at an address. Its id follows from the address alone, so that a process that starts anew there is the node that was there before.</summary>
    public static Node At(string host, int port) => new(IdOf(host, port), host, port);

    /// <returns>Lower-case hexadecimal digits.</returns>
    public static string IdOf(string host, int port) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{host}:{port}")))[..IdChars];
}

/// <summary>How busy a node is.</summary>
/// <param name="Connections">Open ones of its RESP door.</param>
/// <param name="Subscriptions">Rooms, patterns and shard channels its connections are subscribed to, each as often as it is.</param>
/// <param name="MessagesPerSecond">Published there and delivered from there, of late.</param>
public readonly record struct NodeLoad(int Connections, int Subscriptions, double MessagesPerSecond)
{
    /// <summary>What nodes are compared by: everything that is open counts as much as one message a second.</summary>
    public double Score => Connections + Subscriptions + MessagesPerSecond;
}

/// <summary>A node as it last said of itself.</summary>
/// <param name="Node">Which.</param>
/// <param name="Load">How busy.</param>
public sealed record NodeReport(Node Node, NodeLoad Load)
{
    /// <summary>Its busiest slots, as far as they are worth a move; what they have is a part of <see cref="Load"/>.</summary>
    public IReadOnlyList<SlotLoad> Slots { get; init; } = [];
}

/// <summary>How busy one slot is at one node.</summary>
/// <param name="Slot">From 0 to <see cref="RoomSlot.Count"/> - 1.</param>
/// <param name="Score">Subscriptions to its rooms, and messages a second published there and pushed to those who listen to its rooms themselves: they go with the slot.</param>
public readonly record struct SlotLoad(int Slot, double Score);
