using System.Buffers;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>
/// Follows a room's history for one subscription: what came behind a point, in order, and then what comes, from the same log, so that there is no gap and no
/// double. It listens in the room too, to be counted there; the messages it gets so it leaves alone.
/// </summary>
internal sealed class RoomFollower : IRoomListener
{
    private readonly RespSession _session;
    private readonly byte[] _name;
    private readonly bool _isPattern;
    private readonly LogFollower _follower;
    private readonly RoomMessageCache _noCache = new();
    private readonly int _slot;
    private ResumePoint _point;

    private RoomFollower(RespSession session, IStreamLog history, byte[] name, bool isPattern, ResumePoint point, Sequence from)
    {
        _session = session;
        _name = name;
        _isPattern = isPattern;
        _slot = RoomSlot.Of(point.Room);
        _point = point with { After = new Sequence(from.Value - 1) };
        _follower = new LogFollower(session, history, from, state => _point.FirstIn(state), Write);
    }

    public RoomMember? Member => _session.Member;

    /// <summary>Listens from now on; <see cref="Begin"/> lets messages come.</summary>
    /// <param name="session">The client.</param>
    /// <param name="name">What it subscribed to.</param>
    /// <param name="isPattern">By PSUBSCRIBE: each message comes under the name to go on by behind it.</param>
    /// <param name="point">What the name says.</param>
    /// <exception cref="RespErrorException">The room keeps no history.</exception>
    public static async ValueTask<RoomFollower> JoinAsync(RespSession session, byte[] name, bool isPattern, ResumePoint point)
    {
        if (!RoomHistory.TryName(point.Room, out var log)) throw NoHistory(point.Room);
        var history = session.Mesh.Room(log);
        var state = await history.StateAsync();
        if (state.Number is null) throw NoHistory(point.Room);
        var follower = new RoomFollower(session, history, name, isPattern, point, point.FirstIn(state));
        await session.Mesh.Rooms.SubscribeAsync(point.Room, follower);
        return follower;
    }

    /// <summary>The subscription is confirmed.</summary>
    public void Begin() => _follower.Begin();

    /// <summary>Ends. No message comes after the task ended.</summary>
    public async ValueTask LeaveAsync()
    {
        await _follower.EndAsync();
        await _session.Mesh.Rooms.UnsubscribeAsync(_point.Room, this);
    }

    public void OnMessage(scoped in RoomMessage message)
    {
        // It is read from the history.
    }

    private void Write(IBufferWriter<byte> target, RecordPage page)
    {
        foreach (var message in page)
        {
            _point = _point with { After = message.Sequence };
            var push = _isPattern
                ? new RoomMessage(_point.NameBehind(message.Sequence), _name, message.Body, _noCache)
                : new RoomMessage(_name, default, message.Body, _noCache);
            PushFrame.Write(target, push, _session.IsResp3);
            _session.CountPushed(_slot);
        }
    }

    private static RespErrorException NoHistory(byte[] room)
    {
        var shown = System.Text.Encoding.UTF8.GetString(room);
        return new RespErrorException($"ERR room '{shown}' keeps no history to go on from; ROOM HISTORY {shown} COUNT n makes it keep one");
    }
}
