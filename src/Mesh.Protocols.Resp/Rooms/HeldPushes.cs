using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>Messages of a subscription that come before it is confirmed: they follow the confirmation, as clients expect it. Thread-safe.</summary>
/// <param name="name">The room or the pattern.</param>
/// <param name="isPattern">It is a pattern.</param>
/// <param name="bytesMax">Held at most.</param>
internal sealed class HeldPushes(byte[] name, bool isPattern, int bytesMax) : IDisposable
{
    private readonly Lock _gate = new();
    private RespBuffer? _held;
    private bool _isOver;

    /// <returns>Whether it is held; null when no more is: then the client is to be cut off.</returns>
    public bool? TryHold(scoped in RoomMessage message, ReadOnlySpan<byte> push)
    {
        if (!(isPattern ? message.Pattern : message.Room).SequenceEqual(name) || isPattern == message.Pattern.IsEmpty) return false;
        lock (_gate)
        {
            if (_isOver) return false;
            _held ??= new RespBuffer();
            if (_held.Length + push.Length > bytesMax) return null;
            _held.Raw(push);
            return true;
        }
    }

    /// <summary>Confirms, and lets go of what is held behind it.</summary>
    public void End(Action confirm, SendPush send)
    {
        lock (_gate)
        {
            _isOver = true;
            confirm();
            if (_held is not null) send(_held.Written);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _held?.Dispose();
            _held = null;
        }
    }

    public delegate void SendPush(ReadOnlySpan<byte> push);
}
