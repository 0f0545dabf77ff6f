using System.Buffers;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Rooms;

namespace Mesh.Protocols.Resp.Addresses;

/// <summary>
/// Subscribes a client to what an address names: each record that comes is a message of that name. Its payload is the record's body; where that is fields, the value
/// of <c>data</c> if there is no other field, and else the fields as an array of the protocol.
/// </summary>
internal sealed class AddressFollower
{
    private readonly RespSession _session;
    private readonly byte[] _name;
    private readonly RecordFilter _filter;
    private readonly LogFollower _follower;
    private readonly RoomMessageCache _noCache = new();
    private Sequence _seen;

    private AddressFollower(RespSession session, byte[] name, AddressedLog log, Sequence seen)
    {
        _session = session;
        _name = name;
        _filter = log.Filter;
        _seen = seen;
        _follower = new LogFollower(session, log, seen.Next(), GoOn, Write);
    }

    /// <summary>Messages are those that come from now on; <see cref="Begin"/> lets them come.</summary>
    /// <exception cref="RespErrorException">It is a room that keeps no history.</exception>
    public static async ValueTask<AddressFollower> JoinAsync(RespSession session, byte[] name, AddressedLog log)
    {
        await log.RequireHistoryAsync();
        return new AddressFollower(session, name, log, (await log.StateAsync()).HighWatermark);
    }

    public void Begin() => _follower.Begin();

    public ValueTask LeaveAsync() => _follower.EndAsync();

    /// <summary>A stream that has not come so far was made anew, and is read from its start.</summary>
    private Sequence GoOn(StreamState state) => state.HighWatermark < _seen ? Sequence.First : _seen.Next();

    private void Write(IBufferWriter<byte> target, RecordPage page)
    {
        foreach (var record in page)
        {
            _seen = record.Sequence;
            if (_filter.Matches(record)) PushFrame.Write(target, new RoomMessage(_name, default, PayloadOf(record), _noCache), _session.IsResp3);
        }
    }

    private static ReadOnlySpan<byte> PayloadOf(in RecordView record) => record.ContentType == ContentType.RespFields ? FieldsText.OnlyData(record.Body) : record.Body;
}
