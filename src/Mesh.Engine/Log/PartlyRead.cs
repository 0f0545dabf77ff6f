namespace Mesh.Engine.Log;

/// <summary>
/// Large batches of which readers lately took a part, over all streams of a store: whoever reads on in one, page by page, does not fetch and check the whole of it
/// for each page. A batch never changes, so what is held stays true; readers keep to their stream's watermarks. Thread-safe.
/// </summary>
/// <param name="bytesMax">Bytes held at most; 0 holds nothing.</param>
internal sealed class PartlyRead(long bytesMax)
{
    /// <summary>A smaller batch costs little to read again.</summary>
    public const int BatchBytesMin = 4 * 1024;

    /// <summary>Batches held at most: they are looked through one by one.</summary>
    public const int BatchesMax = 64;

    private readonly Lock _change = new();

    // The one used last comes first.
    private readonly LinkedList<(StreamNumber Stream, CachedBatch Batch)> _held = [];
    private long _bytes;

    /// <summary>The batch that holds a record, if it is here.</summary>
    public CachedBatch? Find(StreamNumber stream, Sequence sequence)
    {
        lock (_change)
        {
            for (var held = _held.First; held is not null; held = held.Next)
            {
                var (of, batch) = held.Value;
                if (of != stream || sequence < batch.Header.First || sequence > batch.Header.Last) continue;
                _held.Remove(held);
                _held.AddFirst(held);
                return batch;
            }
        }

        return null;
    }

    /// <summary>Keeps a batch that was read from storage, for whoever wants more of it.</summary>
    public void Add(StreamNumber stream, in CachedBatch batch)
    {
        if (batch.Bytes.Length < BatchBytesMin || batch.Bytes.Length > bytesMax || Find(stream, batch.Header.First) is not null) return;
        lock (_change)
        {
            _held.AddFirst((stream, batch));
            _bytes += batch.Bytes.Length;
            while (_bytes > bytesMax || _held.Count > BatchesMax)
            {
                _bytes -= _held.Last!.Value.Batch.Bytes.Length;
                _held.RemoveLast();
            }
        }
    }
}
