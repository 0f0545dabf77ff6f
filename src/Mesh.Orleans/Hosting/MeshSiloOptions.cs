using Mesh.Engine;
using Mesh.Engine.Commit;
using Mesh.Engine.Storage;

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

    /// <summary>
    /// How often Orleans' reminders wake a queue that holds records and that nobody asks for, to delete what has expired. Default 1 hour; from
    /// <c>ReminderOptions.MinimumReminderPeriod</c>, a minute. Without a reminder service such a queue waits for whoever asks for it next.
    /// </summary>
    public TimeSpan QueueReminderPeriod { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Nodes that each room is assigned to, if there are so many, see <see cref="INodes"/>. The same on all silos. Default 2; from 1.</summary>
    public int NodesPerRoom { get; set; } = 2;

    /// <summary>
    /// How long a publish to a room waits for a process with listeners that does not answer, such as a gateway that was killed; its listeners are then not counted, and
    /// the next publishes do not wait for it before it answers. While clients look for another silo because theirs died, they are waited for longer. Default 250 ms; from 1 ms.
    /// </summary>
    public TimeSpan RoomAnswerMax { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Makes the store that a pool's uri names, see <see cref="IPools"/>; an <see cref="ArgumentException"/> says why it names none that all silos can open. Null, the default, takes no pools.</summary>
    public Func<string, ILogStore>? OpenPool { get; set; }

    /// <summary>The clock that records' times come from, and that tells when a node is gone. Orleans keeps its own.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
