using Mesh.Frames;

namespace Mesh.Protocols.Grpc.Appends;

/// <summary>One segment, for one stream.</summary>
/// <param name="add">Adds what one message holds to a segment; throws when the message is not right, and then adds nothing.</param>
/// <param name="append">Appends one segment and answers when it is durable; throws when it will not be.</param>
internal sealed class SegmentLoad(AddMessage add, Func<ReadOnlyMemory<byte>, Task> append) : IAppendLoad
{
    private readonly SegmentWriter _segment = new();

    public int Count => _segment.Count;

    public int Length => _segment.Length;

    public void Add(ReadOnlySpan<byte> message) => add(message, _segment);

    public Task AppendAsync() => append(_segment.Finish());

    public void Reset() => _segment.Reset();

    public void Dispose() => _segment.Dispose();
}

/// <summary>Adds what a message holds to a segment.</summary>
internal delegate void AddMessage(ReadOnlySpan<byte> message, SegmentWriter segment);
