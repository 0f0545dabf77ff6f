using Mesh.Frames;
using Orleans.Serialization;

namespace Mesh.Orleans.Streams;

/// <summary>Events as records. Bytes are the record's body as they are, so that other doors can read and write them; everything else is in Orleans' own form.</summary>
internal sealed class EventCodec<T>(Serializer serializer)
{
    public ReadOnlyMemory<byte> Encode(IEnumerable<T> events)
    {
        using var writer = new SegmentWriter();
        foreach (var one in events) writer.Add(default, one is byte[] bytes ? bytes : serializer.SerializeToArray(one));
        return writer.Finish().ToArray();
    }

    public T Decode(ReadOnlySpan<byte> body) => typeof(T) == typeof(byte[]) ? (T)(object)body.ToArray() : serializer.Deserialize<T>(body.ToArray())!;
}
