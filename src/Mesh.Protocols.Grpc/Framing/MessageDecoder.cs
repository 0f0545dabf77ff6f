using System.Buffers;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>
/// Finds the messages of one call in its bytes. A message that lies in one piece is given where it lies; one that lies across pieces is
/// first gathered in a pooled buffer of at most <paramref name="bytesMax"/> bytes. Not thread-safe.
/// </summary>
/// <param name="bytesMax">Largest message accepted, in bytes, before and after inflating.</param>
/// <param name="encoding">The call's <c>grpc-encoding</c>; null when it has none.</param>
internal sealed class MessageDecoder(int bytesMax, string? encoding) : IDisposable
{
    private byte[] _gathered = [];
    private GzipInflater? _inflater;

    /// <summary>Gives whole messages to <paramref name="sink"/> until there is none left or the sink has no room.</summary>
    /// <param name="bytes">What came and was not taken yet.</param>
    /// <param name="sink">Who takes them.</param>
    /// <param name="hasRoom">False when the sink refused a message.</param>
    /// <returns>Up to where the bytes were taken: always a boundary between messages.</returns>
    /// <exception cref="GrpcException">The bytes are no messages, or one is too large, or of an unknown encoding; or what the sink threw.</exception>
    public SequencePosition Take(in ReadOnlySequence<byte> bytes, IMessageSink sink, out bool hasRoom)
    {
        var reader = new SequenceReader<byte>(bytes);
        hasRoom = true;
        while (hasRoom && FrameHeader.TryPeek(ref reader, bytesMax, out var header))
        {
            var frameBytes = FrameHeader.Bytes + header.Length;
            if (reader.Remaining < frameBytes) break;
            var unread = reader.UnreadSpan;
            var frame = unread.Length >= frameBytes ? unread[..frameBytes] : Gather(reader, frameBytes);
            var message = frame[FrameHeader.Bytes..];
            hasRoom = sink.TryTake(header.Compressed ? Inflate(message) : message);
            if (hasRoom) reader.Advance(frameBytes);
        }

        return reader.Position;
    }

    public void Dispose()
    {
        if (_gathered.Length > 0) ArrayPool<byte>.Shared.Return(_gathered);
        _gathered = [];
        _inflater?.Dispose();
    }

    private ReadOnlySpan<byte> Gather(SequenceReader<byte> reader, int frameBytes)
    {
        if (_gathered.Length < frameBytes)
        {
            if (_gathered.Length > 0) ArrayPool<byte>.Shared.Return(_gathered);
            _gathered = ArrayPool<byte>.Shared.Rent(frameBytes);
        }

        var target = _gathered.AsSpan(0, frameBytes);
        reader.TryCopyTo(target);
        return target;
    }

    private ReadOnlySpan<byte> Inflate(ReadOnlySpan<byte> message) => encoding switch
    {
        GzipInflater.Name => (_inflater ??= new GzipInflater(bytesMax)).Inflate(message),
        null or GrpcHeaders.Identity => throw new GrpcException(
            StatusCode.Internal, $"A message is marked as compressed, but the call's {GrpcHeaders.Encoding} is {encoding ?? "absent"}."),
        _ => throw new GrpcException(
            StatusCode.Unimplemented, $"Messages in the encoding '{encoding}' are not understood; use {GrpcHeaders.EncodingsAccepted}."),
    };
}
