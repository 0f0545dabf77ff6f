using System.Buffers;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>
/// Which dedupe ids were seen lately, and what the first append with each got. Lives in the journal and the snapshot, so restarts, trimming and failover
/// do not shorten it. Not thread-safe.
/// </summary>
internal sealed class DedupeWindow(TimeSpan window)
{
    /// <summary>Ids held at most; beyond it the oldest are forgotten before their time.</summary>
    public const int IdsMax = 100_000;

    public const int IdBytesMax = 256;

    private readonly Dictionary<byte[], Seen> _byId = new(BytesComparer.Instance);
    private readonly Deque<(byte[] Id, RecordTime At)> _byAge = new();

    public bool TryFind(ReadOnlySpan<byte> id, RecordTime now, out Sequence first, out int count)
    {
        Expire(now);
        var known = _byId.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out var seen);
        first = seen.First;
        count = seen.Count;
        return known;
    }

    public void Add(ReadOnlySpan<byte> id, RecordTime at, Sequence first, int count)
    {
        var key = id.ToArray();
        if (!_byId.TryAdd(key, new Seen(first, count))) return;
        _byAge.Add((key, at));
        if (_byAge.Count > IdsMax) ForgetOldest();
    }

    /// <summary>The journal's form of one id: time, first sequence, count, id.</summary>
    public static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> id, RecordTime at, Sequence first, int count)
    {
        var bytes = target.GetSpan((4 * Varint.BytesMax) + id.Length);
        var length = Varint.Write(bytes, (ulong)at.Micros);
        length += Varint.Write(bytes[length..], (ulong)first.Value);
        length += Varint.Write(bytes[length..], (ulong)count);
        length += Varint.Write(bytes[length..], (ulong)id.Length);
        id.CopyTo(bytes[length..]);
        target.Advance(length + id.Length);
    }

    /// <summary>Takes in ids written by <see cref="Write"/>, one after another.</summary>
    public void ReadAll(ReadOnlySpan<byte> source)
    {
        for (var at = 0; at < source.Length;)
        {
            var time = new RecordTime((long)Varint.Read(source, ref at));
            var first = new Sequence((long)Varint.Read(source, ref at));
            var count = (int)Varint.Read(source, ref at);
            Add(Varint.ReadBlock(source, ref at), time, first, count);
        }
    }

    public void WriteAll(IBufferWriter<byte> target, RecordTime now)
    {
        Expire(now);
        for (var i = 0; i < _byAge.Count; i++)
        {
            var (id, at) = _byAge[i];
            var seen = _byId[id];
            Write(target, id, at, seen.First, seen.Count);
        }
    }

    private void Expire(RecordTime now)
    {
        while (_byAge.Count > 0 && now.Since(_byAge[0].At) >= window) ForgetOldest();
    }

    private void ForgetOldest()
    {
        _byId.Remove(_byAge[0].Id);
        _byAge.RemoveFirst();
    }

    private readonly record struct Seen(Sequence First, int Count);
}
