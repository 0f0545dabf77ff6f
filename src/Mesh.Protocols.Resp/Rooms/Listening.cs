using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>What one client listens to: rooms and patterns live, rooms' histories from where their names say, streams by their addresses, or who is in a room. Used by its connection's loop alone.</summary>
internal sealed class Listening(RespSession session)
{
    private readonly Dictionary<(string Name, bool IsPattern), RoomFollower> _followers = [];
    private readonly Dictionary<string, AddressFollower> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PresenceSeat> _seats = new(StringComparer.Ordinal);

    /// <summary>Joins what a name means, and then confirms. Messages come behind the confirmation.</summary>
    /// <exception cref="RespErrorException">It is a point in a history that is not kept.</exception>
    public ValueTask EnterAsync(byte[] name, bool isPattern, Action confirm)
    {
        if (!isPattern && session.FindAddressed(name) is { } log) return FollowAsync(name, log, confirm);
        if (ResumePoint.TryParse(name, out var point)) return FollowAsync(name, isPattern, point, confirm);
        if (!isPattern && PresenceSeat.RoomOf(name) is { } room) return session.ConfirmAfterAsync(name, isPattern, () => WatchAsync(room, name), confirm);
        return session.ConfirmAfterAsync(
            name, isPattern, () => isPattern ? session.Mesh.Rooms.SubscribePatternAsync(name, session) : session.Mesh.Rooms.SubscribeAsync(name, session), confirm);
    }

    /// <summary>Leaves it. Nothing comes when the task has ended.</summary>
    public ValueTask LeaveAsync(byte[] name, bool isPattern)
    {
        var text = TextOf(name);
        if (_followers.Remove((text, isPattern), out var follower)) return follower.LeaveAsync();
        if (!isPattern && _addresses.Remove(text, out var followed)) return followed.LeaveAsync();
        if (!isPattern && _seats.Remove(text, out var seat)) return session.Clients.Presence.RemoveAsync(PresenceSeat.RoomOf(name)!, seat);
        return isPattern ? session.Mesh.Rooms.UnsubscribePatternAsync(name, session) : session.Mesh.Rooms.UnsubscribeAsync(name, session);
    }

    private async ValueTask FollowAsync(byte[] name, bool isPattern, ResumePoint point, Action confirm)
    {
        var key = (TextOf(name), isPattern);
        var follower = _followers.ContainsKey(key) ? null : await RoomFollower.JoinAsync(session, name, isPattern, point);
        confirm();
        if (follower is null) return;
        _followers[key] = follower;
        follower.Begin();
    }

    private async ValueTask FollowAsync(byte[] name, AddressedLog log, Action confirm)
    {
        var follower = _addresses.ContainsKey(TextOf(name)) ? null : await AddressFollower.JoinAsync(session, name, log);
        confirm();
        if (follower is null) return;
        _addresses[TextOf(name)] = follower;
        follower.Begin();
    }

    private async ValueTask WatchAsync(byte[] room, byte[] name)
    {
        if (_seats.ContainsKey(TextOf(name))) return;
        var seat = new PresenceSeat(session, name);
        await session.Clients.Presence.AddAsync(room, seat);
        _seats[TextOf(name)] = seat;
    }

    private static string TextOf(byte[] name) => System.Text.Encoding.Latin1.GetString(name);
}
