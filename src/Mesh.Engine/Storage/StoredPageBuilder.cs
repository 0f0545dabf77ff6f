using Mesh.Frames;

namespace Mesh.Engine.Storage;

/// <summary>
/// Gathers the rows that a read meets, checking each: what every store does alike. Not thread-safe; one page each.
/// </summary>
/// <param name="bytesMax">The page is full once its rows, damaged ones included, reach so many bytes.</param>
public sealed class StoredPageBuilder(int bytesMax)
{
    private readonly List<StoredBatch> _batches = [];
    private List<DamagedBatch>? _damaged;
    private long _bytes;

    /// <summary>True when no further row may be added.</summary>
    public bool IsFull => _bytes >= bytesMax && _bytes > 0;

    /// <summary>Adds a row: to the batches when its bytes are whole and agree with its key, else to the damaged ones.</summary>
    public void Add(Sequence first, int count, RecordTime firstTime, byte[] bytes)
    {
        _bytes += Math.Max(bytes.Length, 1);
        try
        {
            var header = Batch.Check(bytes);
            if (header.First == first && header.Count == count && header.FirstTime == firstTime)
            {
                _batches.Add(new StoredBatch(header, bytes));
                return;
            }

            Report(first, count, $"Its header says sequence {header.First}, {header.Count} records, time {header.FirstTime.Micros}; its row says "
                + $"{first}, {count}, {firstTime.Micros}.");
        }
        catch (CorruptFrameException damage)
        {
            Report(first, count, damage.Message);
        }
    }

    /// <param name="exhausted">True when no batch of the asked range follows.</param>
    public StoredPage Build(bool exhausted) => new(_batches, _damaged ?? (IReadOnlyList<DamagedBatch>)[], exhausted);

    private void Report(Sequence first, int count, string reason) => (_damaged ??= []).Add(new DamagedBatch(first, count, reason));
}
