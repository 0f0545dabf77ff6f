using Mesh.Engine;
using Mesh.Engine.Commit;
using Mesh.Engine.Storage;

namespace Mesh.Embedded;

/// <summary>Bounds of an embedded mesh.</summary>
public sealed record EmbeddedMeshOptions
{
    /// <summary>Bounds of one stream.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Bounds of the writer.</summary>
    public CommitPumpOptions Commit { get; init; } = new();

    /// <summary>Streams kept in memory; beyond it those not used lately are dropped, and opened anew when they are asked for. Default 20,000; from 100.</summary>
    public int ActorsMax { get; init; } = 20_000;

    /// <summary>How often retention is written to storage for streams that nobody appends to. Default 5 s; from 100 ms.</summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Nodes that each room is assigned to, if there are so many, see <see cref="INodes"/>. Default 2; from 1.</summary>
    public int NodesPerRoom { get; init; } = 2;

    /// <summary>Makes the store that a pool's uri names, see <see cref="IPools"/>; an <see cref="ArgumentException"/> says why it names none. Null, the default, takes no pools.</summary>
    public Func<string, ILogStore>? OpenPool { get; init; }

    /// <summary>Told of what an operator should know, such as damaged rows: one sentence each.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}
