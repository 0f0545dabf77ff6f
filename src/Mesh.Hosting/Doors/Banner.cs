using System.Globalization;
using System.Text;
using Mesh.Protocols.Http.Rse;

namespace Mesh.Hosting.Doors;

/// <summary>What is printed when the host is open.</summary>
public static class Banner
{
    /// <summary>Pushes "hello" to queue 1 and commits it; the answer is the mark of life and the next id.</summary>
    private const string Push = @"printf '\306\36\52\157\222\370\273\160\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0hello\324\167\277\6\3\26\124\374\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'";

    /// <param name="options">What the doors were opened with.</param>
    /// <param name="doors">Those that are open.</param>
    /// <param name="data">Where the data is, as <see cref="DataPlace"/> says it.</param>
    public static string Write(DoorOptions options, IReadOnlyList<Door> doors, string data)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Mesh {typeof(Banner).Assembly.GetName().Version?.ToString(3)} is open. Data: {data}\n\n");
        foreach (var door in doors)
            text.Append(CultureInfo.InvariantCulture, $"  {Name(door),-7}{Address(door),-24}  {Speaks(door, options)}\n       try: {TryIt(door)}\n");
        var warnings = doors.Select(door => Warning(door, options)).OfType<string>().ToArray();
        foreach (var warning in warnings) text.Append(CultureInfo.InvariantCulture, $"\nWARNING: {warning}");
        if (warnings.Length > 0) text.Append('\n');
        return text.Append("\nOptions: --help. Ctrl+C or SIGTERM finishes what was accepted, then stops.\n").ToString();
    }

    private static string? Warning(Door door, DoorOptions options)
    {
        var isStrict = door.Kind is DoorKind.Rse or DoorKind.Http && options.RseModeAt(door.Kind) == RseMode.Live;
        var refusesAll = isStrict && options.RseTokens is null ? $"RSE at {door.Option} is in live mode without --rse-tokens: it answers 401 to everybody." : null;
        if (door.Address.IsLoopback || (door.Kind == DoorKind.Rse && isStrict)) return refusesAll;
        return string.Join(' ', new[] { $"{door.Option} listens on {door.EndPoint}, beyond this machine, and nothing authenticates its clients yet.", refusesAll }.OfType<string>());
    }

    private static string Name(Door door) => door.Kind switch
    {
        DoorKind.Http => "HTTP",
        DoorKind.Rse => "RSE",
        DoorKind.Grpc => "gRPC",
        DoorKind.Rotera => "rotera",
        DoorKind.ZaqarWs => "WS",
        _ => "RESP",
    };

    private static string Address(Door door) => door.Kind is DoorKind.Http or DoorKind.Rse ? $"http://{door.EndPoint}" : door.EndPoint.ToString();

    private static string Speaks(Door door, DoorOptions options) => door.Kind switch
    {
        DoorKind.Http => "Zaqar at /v1, /v1.1, /v2 and /, RSE under /rse/, mesh.v1 under /mesh/v1/ (try it at /openapi/), /healthz/ready, /metrics",
        DoorKind.Rse => string.Create(CultureInfo.InvariantCulture, $"RSE at /, {options.RseModeAt(DoorKind.Rse).ToString().ToLowerInvariant()} mode, events kept {options.RseTtl.TotalSeconds:0} s"),
        DoorKind.Grpc => "protobus.ProtobusService, mesh.v1.Mesh",
        DoorKind.Rotera => "rotera's rings",
        DoorKind.ZaqarWs => "Zaqar v2 over WebSocket, JSON and MessagePack",
        _ => "Redis pub/sub and streams",
    };

    private static string TryIt(Door door)
    {
        var at = door.Reachable;
        return door.Kind switch
        {
            DoorKind.Http => $"curl -i -X PUT -H 'Client-ID: 3381af92-2b9e-11e3-b191-71861300734c' -H 'X-Project-ID: demo' http://{at}/v2/queues/hello",
            DoorKind.Rse => $$"""curl -i -A 'me/1 uuid/1' -d '{"hello":"world"}' http://{{at}}/hello""",
            DoorKind.Grpc => $$"""printf '\0\0\0\0\7\12\5hello' | curl -sD - -o /dev/null --http2-prior-knowledge -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @- http://{{at}}/protobus.ProtobusService/Publish""",
            DoorKind.Rotera => $"bash -c \"exec 3<>/dev/tcp/{at.Address}/{at.Port}; {Push} >&3; head -c 16 <&3 | od -A n -t x8\"",
            DoorKind.ZaqarWs => $"curl -i -N --max-time 1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: bWVzaG1lc2htZXNobWVzaA==' http://{at}/",
            _ => $"redis-cli -h {at.Address} -p {at.Port} XADD hello '*' text world",
        };
    }
}
