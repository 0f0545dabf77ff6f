using Orleans.Streams;

namespace Mesh.Orleans.Streams;

/// <summary>A place in a stream: an event's sequence. A subscription that begins with it gets that event first, if retention has not taken it.</summary>
[GenerateSerializer, Immutable]
public sealed class MeshSequenceToken(long sequence) : StreamSequenceToken
{
    /// <summary>From the oldest event kept.</summary>
    public static readonly MeshSequenceToken First = new(Sequence.First.Value);

    [Id(0)]
    public override long SequenceNumber { get; protected set; } = sequence;

    /// <summary>Each event has a sequence of its own.</summary>
    public override int EventIndex
    {
        get => 0;
        protected set
        {
        }
    }

    public override bool Equals(StreamSequenceToken? other) => other is MeshSequenceToken token && token.SequenceNumber == SequenceNumber;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => SequenceNumber.GetHashCode();

    public override int CompareTo(StreamSequenceToken? other) => other is null ? 1 : SequenceNumber.CompareTo(other.SequenceNumber);

    public override string ToString() => $"sequence {SequenceNumber}";
}
