using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Services;

/// <summary>Keeps the messages of one read, a few at a time, for a method that answers each.</summary>
internal sealed class MessageQueue : IMessageSink
{
    private const int MessagesMax = 16;

    private readonly Queue<byte[]> _messages = new();

    public bool TryTake(ReadOnlySpan<byte> message)
    {
        if (_messages.Count == MessagesMax) return false;
        _messages.Enqueue(message.ToArray());
        return true;
    }

    public bool TryDequeue(out byte[] message) => _messages.TryDequeue(out message!);
}
