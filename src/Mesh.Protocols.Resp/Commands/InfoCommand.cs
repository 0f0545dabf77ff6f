using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>INFO [section …]</c>: what is known of the door and its process, in Redis's sections and words.</summary>
internal sealed class InfoCommand() : RespCommand("info", -1)
{
    /// <summary>The version of Redis whose behaviour this door has; clients choose their commands by it.</summary>
    public const string RedisVersion = "7.0.15";

    private static readonly DateTimeOffset Started = Process.GetCurrentProcess().StartTime;

    private static readonly string[] Sections = ["server", "clients", "memory", "persistence", "stats", "replication", "cpu", "cluster", "keyspace"];

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var wanted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 1; i < arguments.Count; i++) wanted.Add(arguments.Text(i));
        if (wanted.Count == 0 || wanted.Overlaps(["all", "default", "everything"])) wanted.UnionWith(Sections);
        return RunAsync(session, wanted);
    }

    private static async ValueTask RunAsync(RespSession session, HashSet<string> wanted)
    {
        var text = new StringBuilder();
        foreach (var section in Sections)
        {
            if (!wanted.Contains(section)) continue;
            if (text.Length > 0) text.Append("\r\n");
            text.Append(CultureInfo.InvariantCulture, $"# {(section == "cpu" ? "CPU" : char.ToUpperInvariant(section[0]) + section[1..])}\r\n");
            foreach (var (name, value) in await LinesAsync(session, section)) text.Append(CultureInfo.InvariantCulture, $"{name}:{value}\r\n");
        }

        session.Reply.Bulk(text.ToString());
    }

    private static async ValueTask<List<(string Name, object Value)>> LinesAsync(RespSession session, string section)
    {
        var clients = session.Clients;
        switch (section)
        {
            case "server": return Server(session);
            case "clients": return [("connected_clients", clients.Count), ("cluster_connections", 0), ("maxclients", session.Options.ConnectionsMax), ("blocked_clients", clients.Blocked), ("tracking_clients", 0), ("pubsub_clients", clients.Subscribers)];
            case "memory": return [("used_memory", GC.GetTotalMemory(false)), ("used_memory_rss", Environment.WorkingSet), ("maxmemory", 0)];
            case "persistence": return [("loading", 0), ("aof_enabled", 1), ("aof_last_write_status", "ok")];
            case "stats":
                return
                [
                    ("total_connections_received", clients.Received), ("total_commands_processed", clients.Commands), ("rejected_connections", clients.Rejected),
                    ("pubsub_channels", (await session.Mesh.Rooms.RoomsAsync(default)).Count), ("pubsub_patterns", await session.Mesh.Rooms.PatternsAsync()),
                    ("pubsubshard_channels", (await session.Mesh.Rooms.RoomsAsync(ShardRooms.NameOf("*"u8))).Count),
                ];
            case "replication": return [("role", "master"), ("connected_slaves", 0)];
            case "cpu": return [("used_cpu_user", Environment.CpuUsage.UserTime.TotalSeconds), ("used_cpu_sys", Environment.CpuUsage.PrivilegedTime.TotalSeconds)];
            case "cluster": return [("cluster_enabled", 1)];
            default:
                var keys = await session.Mesh.Catalogue.CountAsync(StreamName.DefaultProject, StreamKind.Ring);
                return keys == 0 ? [] : [("db0", $"keys={keys},expires=0,avg_ttl=0")];
        }
    }

    private static List<(string Name, object Value)> Server(RespSession session)
    {
        var uptime = DateTimeOffset.UtcNow - Started;
        var port = session.LocalAddress[(session.LocalAddress.LastIndexOf(':') + 1)..];
        return
        [
            ("redis_version", RedisVersion), ("server_name", "mesh"), ("redis_mode", session.Mode), ("os", RuntimeInformation.OSDescription), ("arch_bits", IntPtr.Size * 8),
            ("process_id", Environment.ProcessId), ("tcp_port", port), ("uptime_in_seconds", (long)uptime.TotalSeconds), ("uptime_in_days", (long)uptime.TotalDays),
        ];
    }
}
