using Mesh.Frames;
using Orleans.Serialization;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>Keeps the last checkpoint of a partition in a ring of one record. An older one that comes late only makes more be delivered again. Thread-safe.</summary>
internal sealed class CheckpointLog(IRing ring, Serializer serializer)
{
    /// <returns>Null when there never was one.</returns>
    public async ValueTask<Checkpoint?> LoadAsync(CancellationToken cancel)
    {
        var page = await ring.ReadAsync(ReadQuery.Last(1), cancel);
        Checkpoint? checkpoint = null;
        foreach (var record in page) checkpoint = serializer.Deserialize<Checkpoint>(record.Body.ToArray());
        return checkpoint;
    }

    /// <returns>False when it was not stored; a later one will be.</returns>
    public async ValueTask<bool> TrySaveAsync(Checkpoint checkpoint)
    {
        using var writer = new SegmentWriter();
        writer.Add(default, serializer.SerializeToArray(checkpoint));
        try
        {
            return await ring.AppendAsync(writer.Finish(), new AppendOptions { TrimToCount = 1 }) is AppendResult.Appended;
        }
        catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
        {
            return false;
        }
    }
}
