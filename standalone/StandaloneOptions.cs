using Mesh.Protocols.Http.Rse;

namespace Mesh.Standalone;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>One readable line each.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>Everything a user can set of the embedded host. Names, forms and ranges for users stand in <see cref="OptionTable"/>.</summary>
public sealed record StandaloneOptions
{
    /// <summary>Zaqar at <c>/v1</c>, <c>/v1.1</c>, <c>/v2</c> and <c>/</c>, RSE under <c>/rse/</c>, health and metrics. Default 8080 on loopback; null is off.</summary>
    public ListenAddress? Http { get; init; } = ListenAddress.OnLoopback(8080);

    /// <summary>RSE at the root. Default 8000 on loopback; null is off.</summary>
    public ListenAddress? Rse { get; init; } = ListenAddress.OnLoopback(8000);

    /// <summary>protobus over gRPC. Default 42000 on loopback; null is off.</summary>
    public ListenAddress? Grpc { get; init; } = ListenAddress.OnLoopback(42000);

    /// <summary>Redis protocol. Default 6379 on loopback; null is off.</summary>
    public ListenAddress? Resp { get; init; } = ListenAddress.OnLoopback(6379);

    /// <summary>Path of a SQLite file, whose missing folders are created, or a PostgreSQL connection string. Default <c>./mesh.db</c>.</summary>
    public string Data { get; init; } = "./mesh.db";

    /// <summary>Set by the user; null follows the RSE listener, see <see cref="RseModeInForce"/>.</summary>
    public RseMode? RseMode { get; init; }

    /// <summary>How long RSE events can be read. Default 120 s; 1 s to 30 days.</summary>
    public TimeSpan RseTtl { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Largest gRPC message taken, in bytes. Default 4 MiB; 1 KiB to 16 MiB.</summary>
    public int GrpcMessageBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Connections that each door holds at once; more are closed at once. Default 10,000; 1 to 1,000,000.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>The least severe log lines written. Default warning.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Default text.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>What the user set, or test while every RSE listener (its own and HTTP's) is on loopback, else live.</summary>
    public RseMode RseModeInForce => RseMode ?? (Beyond(Rse) || Beyond(Http) ? Protocols.Http.Rse.RseMode.Live : Protocols.Http.Rse.RseMode.Test);

    /// <summary>The doors' addresses by the option that sets each.</summary>
    public IEnumerable<(string Option, ListenAddress? Address)> Listeners =>
        [("--http", Http), ("--rse", Rse), ("--grpc", Grpc), ("--resp", Resp)];

    private static bool Beyond(ListenAddress? address) => address is { IsLoopback: false };
}
