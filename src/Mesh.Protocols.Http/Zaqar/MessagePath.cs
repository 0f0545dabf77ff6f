using System.Text;
using Mesh.Protocols.Http.Zaqar.Addresses;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Writes the paths of one queue's messages: what all share is written once. Not thread-safe.</summary>
internal ref struct MessagePath
{
    /// <summary>Bytes of the buffer: the prefix, the longest address, which is longer than any name of a queue, an id and a claim.</summary>
    public const int BytesMax = 256 + QueueAddress.SegmentBytesMax;

    private readonly Span<byte> _buffer;
    private readonly int _shared;

    /// <param name="buffer">Of <see cref="BytesMax"/> bytes.</param>
    /// <param name="paths">Of the version that is spoken.</param>
    /// <param name="queue">Checked before.</param>
    public MessagePath(Span<byte> buffer, ZaqarPaths paths, string queue)
    {
        _buffer = buffer;
        var prefix = paths.OfMessages(queue);
        _shared = Encoding.ASCII.GetBytes(prefix, buffer);
        buffer[_shared++] = (byte)'/';
    }

    /// <param name="id">Which message.</param>
    /// <param name="claim">The live claim that holds it; null when it is free.</param>
    /// <returns>The path, until the next call.</returns>
    public readonly ReadOnlySpan<byte> Of(MessageId id, ClaimId? claim)
    {
        var length = _shared + id.Format(_buffer[_shared..]);
        if (claim is not { } held) return _buffer[..length];
        "?claim_id="u8.CopyTo(_buffer[length..]);
        length += "?claim_id="u8.Length;
        held.Value.TryFormat(_buffer[length..], out var written, "N");
        return _buffer[..(length + written)];
    }
}
