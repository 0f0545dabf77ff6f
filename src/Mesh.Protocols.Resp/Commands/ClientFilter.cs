using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Which clients CLIENT LIST shows, or CLIENT KILL ends.</summary>
internal sealed record ClientFilter
{
    public HashSet<long>? Ids { get; init; }

    public string? Peer { get; init; }

    public string? LocalAddress { get; init; }

    /// <summary>Only those with subscriptions, or only those without; null for both.</summary>
    public bool? AreSubscribers { get; init; }

    /// <summary>Nobody is meant, such as replicas, of which there are none.</summary>
    public bool IsNobody { get; init; }

    /// <summary>Who is left out.</summary>
    public RespSession? Except { get; init; }

    public static ClientFilter ParseList(RespArguments arguments)
    {
        if (arguments.Count == 2) return new ClientFilter();
        if (arguments.Count == 4 && arguments.Is(2, "TYPE"u8)) return new ClientFilter().OfType(arguments, 3);
        if (arguments.Count < 4 || !arguments.Is(2, "ID"u8)) throw Refusals.Syntax();
        var ids = new HashSet<long>();
        for (var i = 3; i < arguments.Count; i++) ids.Add(ParseId(arguments[i], "ERR Invalid client ID"));
        return new ClientFilter { Ids = ids };
    }

    public static ClientFilter ParseKill(RespSession session, RespArguments arguments)
    {
        var filter = new ClientFilter { Except = session };
        for (var at = 2; at < arguments.Count; at += 2)
        {
            if (at + 1 == arguments.Count) throw Refusals.Syntax();
            if (arguments.Is(at, "ID"u8)) filter = filter with { Ids = [ParseId(arguments[at + 1], "ERR client-id should be greater than 0")] };
            else if (arguments.Is(at, "TYPE"u8)) filter = filter.OfType(arguments, at + 1);
            else if (arguments.Is(at, "ADDR"u8)) filter = filter with { Peer = arguments.Text(at + 1) };
            else if (arguments.Is(at, "LADDR"u8)) filter = filter with { LocalAddress = arguments.Text(at + 1) };
            else if (arguments.Is(at, "USER"u8)) filter = arguments.Text(at + 1) == "default" ? filter : throw new RespErrorException($"ERR No such user '{arguments.Text(at + 1)}'");
            else if (!arguments.Is(at, "SKIPME"u8)) throw Refusals.Syntax();
            else if (arguments.Is(at + 1, "NO"u8)) filter = filter with { Except = null };
            else if (!arguments.Is(at + 1, "YES"u8)) throw Refusals.Syntax();
        }

        return filter;
    }

    public IEnumerable<RespSession> Of(RespClients clients) => clients.All.Where(client =>
        !IsNobody
        && client != Except
        && (Ids is null || Ids.Contains(client.Id))
        && (Peer is null || client.Peer == Peer)
        && (LocalAddress is null || client.LocalAddress == LocalAddress)
        && (AreSubscribers is null || AreSubscribers == client.SubscriptionCount > 0));

    private ClientFilter OfType(RespArguments arguments, int index)
    {
        if (arguments.Is(index, "NORMAL"u8)) return this with { AreSubscribers = false };
        if (arguments.Is(index, "PUBSUB"u8)) return this with { AreSubscribers = true };
        var isNobody = arguments.Is(index, "MASTER"u8) || arguments.Is(index, "REPLICA"u8) || arguments.Is(index, "SLAVE"u8);
        return isNobody ? this with { IsNobody = true } : throw new RespErrorException($"ERR Unknown client type '{arguments.Text(index)}'");
    }

    private static long ParseId(ReadOnlySpan<byte> text, string otherwise) => Numbers.TryParse(text, out var id) && id > 0 ? id : throw new RespErrorException(otherwise);
}
