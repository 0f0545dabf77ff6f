using System.Net;
using System.Net.Sockets;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Options;

namespace Mesh.SiloHost;

/// <summary>When the schema of the database is brought up to date.</summary>
public enum Migrate
{
    /// <summary>Before the silo opens.</summary>
    Yes,

    /// <summary>And then the process ends: a step of its own before silos are replaced.</summary>
    Only,
}

/// <summary>Everything a user can set of a silo.</summary>
public sealed record SiloHostOptions : ProcessOptions
{
    /// <summary>The options as users see them.</summary>
    public static readonly OptionTable<SiloHostOptions> Table = new(
        "silo-host",
        "Mesh: a silo, which holds its share of a cluster's streams.",
        [
            new("http", "port | host:port | off", "8081", "HTTP: /healthz/live, /healthz/ready, /metrics",
                (options, text) => options with { Http = ListenAddress.Parse(text) }),
            new("silo-port", "port", "11111", "where the other silos reach this one; 1 to 65535",
                (options, text) => options with { SiloPort = OptionText.Number(text, 1, IPEndPoint.MaxPort) }),
            new("gateway-port", "port", "30000", "where gateways reach this silo; 1 to 65535",
                (options, text) => options with { GatewayPort = OptionText.Number(text, 1, IPEndPoint.MaxPort) }),
            new("advertise", "address | host name", "127.0.0.1", "this silo's own address as silos and gateways reach it; both ports are opened on it alone",
                (options, text) => options with { Advertise = AddressOf(text) }),
            .. ClusterSettings.Of<SiloHostOptions>((options, change) => options with { Cluster = change(options.Cluster) }),
            new("probe-timeout", "milliseconds", "500", "how often silos ask each other for a sign of life, and how long they wait for it; 100 to 60000",
                (options, text) => options with { ProbeTimeout = TimeSpan.FromMilliseconds(OptionText.Number(text, 100, 60_000)) }),
            new("probes-missed", "count", "2", "signs missed in a row after which a silo is suspected to be dead; 1 to 20",
                (options, text) => options with { ProbesMissed = OptionText.Number(text, 1, 20) }),
            new("room-nodes", "count", "2", "gateways that each room is assigned to, if there are so many; the same on all silos; 2 to 16",
                (options, text) => options with { RoomNodes = OptionText.Number(text, 2, 16) }),
            new("room-answer-max", "milliseconds", "250", "how long a publish to a room waits for a gateway that does not answer, such as one that was killed; 1 to 60000",
                (options, text) => options with { RoomAnswerMax = TimeSpan.FromMilliseconds(OptionText.Number(text, 1, 60_000)) }),
            new("rebalance", "on | off", "off", "streams in use move to silos that join, until all bear about the same; the same on all silos. Orleans calls this experimental",
                (options, text) => options with { Rebalance = OptionText.Switch(text) }),
            new("migrate", "yes | only", "yes", "when the database's schema is brought up to date; only: do that and end",
                (options, text) => options with { Migrate = OptionText.Word<Migrate>(text) }),
            .. Of<SiloHostOptions>(),
        ],
        Check);

    /// <summary>Health and metrics. Default 8081 on loopback; null is off.</summary>
    public ListenAddress? Http { get; init; } = ListenAddress.OnLoopback(8081);

    /// <summary>Default 11111.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>Default 30000.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Default 127.0.0.1. A name is looked up once, at start.</summary>
    public IPAddress Advertise { get; init; } = IPAddress.Loopback;

    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>Default 500 ms; 100 ms to 60 s.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Default 2; 1 to 20.</summary>
    public int ProbesMissed { get; init; } = 2;

    /// <summary>Default 2; 2 to 16.</summary>
    public int RoomNodes { get; init; } = 2;

    /// <summary>Default 250 ms; 1 ms to 60 s.</summary>
    public TimeSpan RoomAnswerMax { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Default off.</summary>
    public bool Rebalance { get; init; }

    public Migrate Migrate { get; init; } = Migrate.Yes;

    public override string Data { get; init; } = "";

    private static void Check(SiloHostOptions options)
    {
        ClusterSettings.Check(options);
        if (options.SiloPort == options.GatewayPort)
            throw new OptionException($"--silo-port and --gateway-port both name {options.SiloPort}; give each a port of its own.");
    }

    private static IPAddress AddressOf(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
                ? throw new FormatException("others cannot reach that; the address of one of this machine's interfaces is needed")
                : address;
        }

        try
        {
            var found = Dns.GetHostAddresses(text);
            return found.FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork) ?? found.First();
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException("no address is known by that name; an IP address, or a name that leads to one, is needed");
        }
    }
}
