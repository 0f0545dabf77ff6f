using System.Globalization;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>One client as CLIENT LIST shows it, in Redis's fields; those that mean nothing here are zero.</summary>
internal static class ClientLine
{
    public static string Of(RespSession client)
    {
        var flags = client.SubscriptionCount > 0 ? "P" : client.IsBlocked ? "b" : client.Transaction is null ? "N" : "x";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"id={client.Id} addr={client.Peer} laddr={client.LocalAddress} fd=0 name={client.Name} age={(long)client.Age.TotalSeconds} idle={(long)client.Idle.TotalSeconds} flags={flags} " +
            $"db=0 sub={client.Rooms.Count} psub={client.Patterns.Count} ssub={client.Shards.Count} multi={client.Transaction?.Count ?? -1} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 " +
            $"rbs=0 rbp=0 obl=0 oll=0 omem={client.UnsentBytes} tot-mem={client.UnsentBytes} events=r cmd={client.LastCommand} user=default redir=-1 resp={(client.IsResp3 ? 3 : 2)}\n");
    }
}
