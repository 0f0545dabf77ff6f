using Mesh.Protocols.Resp.Nodes;

namespace Mesh.Protocols.Resp;

/// <summary>Bounds of the RESP door.</summary>
public sealed record RespOptions
{
    private const int Kibibyte = 1024;
    private const int Mebibyte = 1024 * Kibibyte;

    /// <summary>Largest argument, in bytes. Default 64 MiB (as much as a segment holds is refused later, by the mesh); 1 KiB to 512 MiB.</summary>
    public int BulkBytesMax { get; init; } = 64 * Mebibyte;

    /// <summary>Largest whole command, in bytes. Default 80 MiB; from <see cref="BulkBytesMax"/> to 1 GiB.</summary>
    public int CommandBytesMax { get; init; } = 80 * Mebibyte;

    /// <summary>Arguments of one command. Default 1,048,576, as Redis; 16 to 1,048,576.</summary>
    public int ArgumentsMax { get; init; } = 1024 * 1024;

    /// <summary>Connections at one time; those beyond it are told so and closed. Default 10,000, as Redis; 1 to 1,000,000.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>Rooms and patterns one connection is subscribed to. Default 100,000; 1 to 10,000,000.</summary>
    public int SubscriptionsMax { get; init; } = 100_000;

    /// <summary>Bytes of the entries in one reply. XRANGE beyond it is an error, XREAD reads less. Default 256 MiB; 64 KiB to 1 GiB.</summary>
    public int ReplyBytesMax { get; init; } = 256 * Mebibyte;

    /// <summary>Bytes that wait to be sent to one subscriber; beyond it the connection is cut off at once. Default 32 MiB, as Redis; 64 KiB to 1 GiB.</summary>
    public int SubscriberBytesMax { get; init; } = 32 * Mebibyte;

    /// <summary>Bytes that may wait for <see cref="SubscriberSoftTime"/> before the connection is cut off. Default 8 MiB, as Redis; 64 KiB to <see cref="SubscriberBytesMax"/>.</summary>
    public int SubscriberSoftBytesMax { get; init; } = 8 * Mebibyte;

    /// <summary>Default 60 s, as Redis; 0 s to 1 h.</summary>
    public TimeSpan SubscriberSoftTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A client that sends nothing for so long, does not wait and has no subscriptions is cut off. Zero, as in Redis, never does; 0 s to 2,147,483,647 s.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.Zero;

    /// <summary>Address or name under which clients reach the door as a node. Default null: where it listens, or this machine's first address if it listens on all of them.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Port under which they do. Default null: the one it listens on; 1 to 65,535.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Whether clients of rooms that are assigned to other nodes are sent there. Default <see cref="RespRedirect.Off"/>.</summary>
    public RespRedirect Redirect { get; init; }

    /// <summary>
    /// Threads that serve the sockets on Linux: one for two processors, since the store and the clients need theirs. 0 to 1,024; 0, and on other systems, leaves
    /// it to the framework.
    /// </summary>
    public int EventLoops { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <exception cref="ArgumentException">A value is out of its range; the message names the key.</exception>
    public void Check()
    {
        Check(nameof(BulkBytesMax), BulkBytesMax, Kibibyte, 512 * Mebibyte);
        Check(nameof(CommandBytesMax), CommandBytesMax, BulkBytesMax, 1024 * Mebibyte);
        Check(nameof(ArgumentsMax), ArgumentsMax, 16, 1024 * 1024);
        Check(nameof(ConnectionsMax), ConnectionsMax, 1, 1_000_000);
        Check(nameof(SubscriptionsMax), SubscriptionsMax, 1, 10_000_000);
        Check(nameof(ReplyBytesMax), ReplyBytesMax, 64 * Kibibyte, 1024 * Mebibyte);
        Check(nameof(SubscriberBytesMax), SubscriberBytesMax, 64 * Kibibyte, 1024 * Mebibyte);
        Check(nameof(SubscriberSoftBytesMax), SubscriberSoftBytesMax, 64 * Kibibyte, SubscriberBytesMax);
        Check(nameof(AdvertisedPort), AdvertisedPort ?? 1, 1, 65_535);
        Check(nameof(EventLoops), EventLoops, 0, 1024);
        Check(nameof(IdleTime), IdleTime, TimeSpan.Zero, TimeSpan.FromSeconds(int.MaxValue));
        Check(nameof(SubscriberSoftTime), SubscriberSoftTime, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    private static void Check<T>(string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new ArgumentException($"Resp:{key} must be {least} to {most}; it is {value}.");
    }
}
