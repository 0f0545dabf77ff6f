using Orleans.Streams;

namespace Mesh.Orleans.Streams;

/// <summary>A moment: a subscription that begins with it gets the first event stored then or later. Never given out; events come with a <see cref="MeshSequenceToken"/>.</summary>
[GenerateSerializer, Immutable]
public sealed class MeshTimeToken(DateTimeOffset time) : StreamSequenceToken
{
    [Id(0)]
    public DateTimeOffset Time { get; } = time;

    /// <summary>Not known before the stream is asked.</summary>
    public override long SequenceNumber
    {
        get => throw new NotSupportedException("A time token has no sequence: subscribe with it, and events come with theirs.");
        protected set => throw new NotSupportedException("A time token has no sequence.");
    }

    public override int EventIndex
    {
        get => 0;
        protected set
        {
        }
    }

    public override bool Equals(StreamSequenceToken? other) => other is MeshTimeToken token && token.Time == Time;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => Time.GetHashCode();

    public override int CompareTo(StreamSequenceToken? other) => other is MeshTimeToken token
        ? Time.CompareTo(token.Time)
        : throw new NotSupportedException("A time token compares with time tokens alone.");

    public override string ToString() => $"from {Time:O}";
}
