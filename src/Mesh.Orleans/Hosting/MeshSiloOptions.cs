using Mesh.Engine;
using Mesh.Engine.Commit;

namespace Mesh.Orleans;

/// <summary>Bounds of the part of a mesh that one silo holds.</summary>
public sealed class MeshSiloOptions
{
    /// <summary>Bounds of one stream.</summary>
    public EngineOptions Engine { get; set; } = new();

    /// <summary>Bounds of the silo's writer.</summary>
    public CommitPumpOptions Commit { get; set; } = new();

    /// <summary>How often retention is written to storage for streams that nobody appends to. Default 5 s; from 100 ms.</summary>
    public TimeSpan MaintenanceInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock that records' times come from. Orleans keeps its own.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
