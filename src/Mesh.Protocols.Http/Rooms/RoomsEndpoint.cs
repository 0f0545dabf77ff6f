using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rooms;

/// <summary>
/// Where rooms are (HubSub specification, 2.3 and 2.4): <c>GET</c>, <c>PUT</c> and <c>DELETE /rooms/{room}</c> and <c>GET /nodes</c>; what rooms keep, and who is in them. What is said in a
/// room goes over RESP. Nobody is authenticated. Thread-safe.
/// </summary>
public sealed class RoomsEndpoint(IMesh mesh)
{
    private const string Example = """{"nodes":["<id>","<id>"]}""";

    private readonly INodes _nodes = mesh.Nodes;
    private readonly RoomHistoryEndpoint _history = new(mesh);

    /// <param name="context">The request, at <c>/rooms</c> or below.</param>
    public Task HandleAsync(HttpContext context) => JsonEndpoint.GuardAsync(context, () =>
    {
        if (RoomName.Before(context, "/history") is { } kept) return _history.ServeAsync(context, kept);
        return RoomName.Before(context, "/members") is { } room ? ServeMembersAsync(context, room) : ServeAsync(context, RoomName.Of(context));
    });

    /// <summary>All nodes with their load, as an array.</summary>
    public Task ListNodesAsync(HttpContext context) => JsonEndpoint.GuardAsync(context, () => context.Request.Method == "GET" ? ShowNodesAsync(context) : JsonEndpoint.NotAllowedAsync(context, "GET"));

    private Task ServeAsync(HttpContext context, byte[] room)
    {
        if (room.Length == 0) return JsonEndpoint.RefuseAsync(context, StatusCodes.Status404NotFound, "The path is /rooms/ and the name of a room.");
        return context.Request.Method switch
        {
            "GET" => ShowAsync(context, room),
            "PUT" => PutAsync(context, room),
            "DELETE" => DeleteAsync(context, room),
            _ => JsonEndpoint.NotAllowedAsync(context, "GET, PUT, DELETE"),
        };
    }

    private async Task ServeMembersAsync(HttpContext context, byte[] room)
    {
        if (context.Request.Method != "GET")
        {
            await JsonEndpoint.NotAllowedAsync(context, "GET").ConfigureAwait(false);
            return;
        }

        var members = await mesh.Rooms.MembersAsync(room).ConfigureAwait(false);
        var view = new RoomMembersView(Encoding.UTF8.GetString(room), [.. members.Select(member => new RoomMemberView(member.Id, member.Name, member.Address))]);
        await JsonEndpoint.WriteAsync(context, StatusCodes.Status200OK, view, RoomJson.Default.RoomMembersView).ConfigureAwait(false);
    }

    private async Task PutAsync(HttpContext context, byte[] room)
    {
        var (wish, fault) = await JsonEndpoint.ReadAsync(context, RoomJson.Default.RoomWish, Example, wish => wish.Fault()).ConfigureAwait(false);
        if (wish is { Nodes: { } wanted } && await _nodes.PinAsync(RoomSlot.Of(room), wanted).ConfigureAwait(false) is { } unknown)
            fault = $"There is no node {unknown}; GET /nodes lists those there are.";
        if (fault is not null) await JsonEndpoint.RefuseAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
        else await ShowAsync(context, room).ConfigureAwait(false);
    }

    private async Task DeleteAsync(HttpContext context, byte[] room)
    {
        if (await _nodes.UnpinAsync(RoomSlot.Of(room)).ConfigureAwait(false)) context.Response.StatusCode = StatusCodes.Status204NoContent;
        else await JsonEndpoint.RefuseAsync(context, StatusCodes.Status404NotFound, $"Slot {RoomSlot.Of(room)}, which the room is in, is not pinned.").ConfigureAwait(false);
    }

    private async Task ShowAsync(HttpContext context, byte[] room)
    {
        var slot = RoomSlot.Of(room);
        var table = await _nodes.TableAsync().ConfigureAwait(false);
        var own = table.NodesOf(slot);
        if (own.Count == 0)
        {
            await JsonEndpoint.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "No process has its RESP door open, so there is none to send anybody to.").ConfigureAwait(false);
            return;
        }

        var view = new RoomView(Encoding.UTF8.GetString(room), slot, table.IsPinned(slot), [.. own.Select(RoomNode.Of)]);
        await JsonEndpoint.WriteAsync(context, StatusCodes.Status200OK, view, RoomJson.Default.RoomView).ConfigureAwait(false);
    }

    private async Task ShowNodesAsync(HttpContext context)
    {
        var reports = await _nodes.ListAsync().ConfigureAwait(false);
        var table = await _nodes.TableAsync().ConfigureAwait(false);
        await JsonEndpoint.WriteAsync(context, StatusCodes.Status200OK, [.. reports.Select(report => ViewOf(report, table))], RoomJson.Default.IReadOnlyListNodeView).ConfigureAwait(false);
    }

    private static NodeView ViewOf(NodeReport report, NodeTable table)
    {
        var ((id, host, port), load) = report;
        return new NodeView(
            id,
            host,
            port,
            table.Ranges.Where(range => range.Nodes.Contains(id)).Sum(range => range.Count),
            table.Ranges.Where(range => range.Nodes[0] == id).Sum(range => range.Count),
            load.Connections,
            load.Subscriptions,
            Math.Round(load.MessagesPerSecond, 1),
            Math.Round(load.Score, 1));
    }
}
