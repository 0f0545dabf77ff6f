using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Mesh.Hosting.Doors;

/// <summary>Which protocol a connection speaks.</summary>
public enum DoorKind
{
    Http,
    Rse,
    Grpc,
    Resp,
    Rotera,
    ZaqarWs,
}

/// <summary>One open door. Each of its HTTP connections carries it as a feature.</summary>
public sealed class Door(DoorKind kind, string option, ListenAddress address)
{
    public DoorKind Kind { get; } = kind;

    /// <summary>The command line option that moves it.</summary>
    public string Option { get; } = option;

    public ListenAddress Address { get; } = address;

    /// <summary>Its connections are encrypted with this certificate; null for clear text.</summary>
    internal TlsFiles? Tls { get; init; }

    /// <summary>Set by what listens there; tells where once it does.</summary>
    internal Func<IPEndPoint>? Bound { get; set; }

    /// <summary>Serves its connections, when they speak something else than HTTP.</summary>
    internal ConnectionDelegate? Connections { get; set; }

    /// <summary>Where it really listens; the port is known once the host has started.</summary>
    public IPEndPoint EndPoint => Bound?.Invoke() ?? Address.ToEndPoint();

    /// <summary>Host and port for a client on this machine.</summary>
    public IPEndPoint Reachable =>
        EndPoint.Address.Equals(IPAddress.Any) || EndPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.Loopback, EndPoint.Port) : EndPoint;

    public static IReadOnlyList<Door> Of(DoorOptions options) =>
    [
        .. from each in options.Listeners
           where each.Address is not null
           select new Door(Enum.Parse<DoorKind>(each.Option.Replace("-", "", StringComparison.Ordinal), ignoreCase: true), each.Option, each.Address) { Tls = each.Option == "--grpc" ? TlsFiles.Of(options.GrpcTlsCertificate, options.GrpcTlsKey) : null },
    ];
}
