using Mesh.Engine.Log;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>The newest records of a partition, for all subscribers of its streams. What is too old for its bytes goes, whoever still wants it. Not thread-safe.</summary>
internal sealed class PartitionWindow(long bytesMax)
{
    private readonly Deque<StreamRecord> _all = new();
    private readonly Dictionary<StreamId, Deque<StreamRecord>> _streams = [];
    private long _bytes;

    /// <summary>Every record from here to before <see cref="Next"/> is here.</summary>
    public Sequence Low { get; private set; } = Sequence.First;

    /// <summary>The first sequence not read yet.</summary>
    public Sequence Next { get; private set; } = Sequence.First;

    /// <summary>Holds nothing, and begins here.</summary>
    public void Begin(Sequence from)
    {
        _all.Clear();
        _streams.Clear();
        _bytes = 0;
        Low = from;
        Next = from;
    }

    /// <param name="record">Beyond all that are here.</param>
    public void Add(StreamRecord record)
    {
        if (!_streams.TryGetValue(record.Stream, out var stream))
        {
            stream = new Deque<StreamRecord>();
            _streams[record.Stream] = stream;
        }

        stream.Add(record);
        _all.Add(record);
        _bytes += record.Bytes;
        Next = record.Sequence.Next();
        while (_bytes > bytesMax && _all.Count > 1) RemoveFirst();
    }

    /// <returns>The stream's first record from here on that is still here; null when there is none.</returns>
    public StreamRecord? Find(StreamId stream, Sequence from)
    {
        if (!_streams.TryGetValue(stream, out var records)) return null;
        var index = records.FindLast(from, (record, sought) => record.Sequence >= sought) + 1;
        return index < records.Count ? records[index] : null;
    }

    private void RemoveFirst()
    {
        var first = _all[0];
        _all.RemoveFirst();
        _bytes -= first.Bytes;
        Low = first.Sequence.Next();
        var stream = _streams[first.Stream];
        stream.RemoveFirst();
        if (stream.Count == 0) _streams.Remove(first.Stream);
    }
}
