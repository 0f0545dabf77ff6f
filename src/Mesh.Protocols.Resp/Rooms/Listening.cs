using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>What one client listens to: rooms and patterns live, or rooms' histories from where their names say. Used by its connection's loop alone.</summary>
internal sealed class Listening(RespSession session)
{
    private readonly Dictionary<(string Name, bool IsPattern), RoomFollower> _followers = [];

    /// <summary>Joins what a name means, and then confirms. Messages come behind the confirmation.</summary>
    /// <exception cref="RespErrorException">It is a point in a history that is not kept.</exception>
    public async ValueTask EnterAsync(byte[] name, bool isPattern, Action confirm)
    {
        if (!ResumePoint.TryParse(name, out var point))
        {
            await session.ConfirmAfterAsync(name, isPattern, Join, confirm);
            return;
        }

        var key = KeyOf(name, isPattern);
        var isNew = !_followers.ContainsKey(key);
        var follower = isNew ? await RoomFollower.JoinAsync(session, name, isPattern, point) : null;
        confirm();
        if (follower is null) return;
        _followers[key] = follower;
        follower.Begin();

        ValueTask Join() => isPattern ? session.Mesh.Rooms.SubscribePatternAsync(name, session) : session.Mesh.Rooms.SubscribeAsync(name, session);
    }

    /// <summary>Leaves it. Nothing comes when the task has ended.</summary>
    public ValueTask LeaveAsync(byte[] name, bool isPattern)
    {
        if (_followers.Remove(KeyOf(name, isPattern), out var follower)) return follower.LeaveAsync();
        return isPattern ? session.Mesh.Rooms.UnsubscribePatternAsync(name, session) : session.Mesh.Rooms.UnsubscribeAsync(name, session);
    }

    private static (string Name, bool IsPattern) KeyOf(byte[] name, bool isPattern) => (System.Text.Encoding.Latin1.GetString(name), isPattern);
}
