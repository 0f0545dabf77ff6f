namespace Mesh.Protocols.Resp;

/// <summary>Bounds of the RESP door.</summary>
public sealed record RespOptions
{
    /// <summary>Largest argument, in bytes. Default 64 MiB (as much as a segment holds is refused later, by the mesh); 1 KiB to 512 MiB.</summary>
    public int BulkBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Largest whole command, in bytes. Default 80 MiB; from <see cref="BulkBytesMax"/>.</summary>
    public int CommandBytesMax { get; init; } = 80 * 1024 * 1024;

    /// <summary>Arguments of one command. Default 1,048,576, as Redis; from 16.</summary>
    public int ArgumentsMax { get; init; } = 1024 * 1024;

    /// <summary>Connections at one time; those beyond it are told so and closed. Default 10,000, as Redis; from 1.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>Bytes that wait to be sent to one subscriber; beyond it the connection is cut off at once. Default 32 MiB, as Redis; from 64 KiB.</summary>
    public int SubscriberBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes that may wait for <see cref="SubscriberSoftTime"/> before the connection is cut off. Default 8 MiB, as Redis.</summary>
    public int SubscriberSoftBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Default 60 s, as Redis.</summary>
    public TimeSpan SubscriberSoftTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Told of a fault of ours that ended one connection. Called on any thread.</summary>
    public Action<Exception> OnFault { get; init; } = static _ => { };
}
