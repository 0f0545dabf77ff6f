using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>What a database is to a cluster: outlives its silos, and refuses who writes over what it has not read.</summary>
internal sealed class SharedGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (string ETag, byte[] State)> _rows = new();

    public IGrainStorage For(Serializer serializer) => new View(_rows, serializer);

    private sealed class View(ConcurrentDictionary<(string, GrainId), (string ETag, byte[] State)> rows, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (!rows.TryGetValue((stateName, grainId), out var row)) return Task.CompletedTask;
            grainState.State = serializer.Deserialize<T>(row.State);
            grainState.ETag = row.ETag;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var next = (ETag: Guid.NewGuid().ToString(), State: serializer.SerializeToArray(grainState.State));
            rows.AddOrUpdate((stateName, grainId), _ => next, (_, row) => row.ETag == grainState.ETag ? next : throw Stale(row.ETag, grainState.ETag));
            grainState.ETag = next.ETag;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            rows.TryRemove((stateName, grainId), out _);
            grainState.ETag = null!;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }

        private static InconsistentStateException Stale(string stored, string? seen) => new("Another has written it since.", stored, seen, null);
    }
}
