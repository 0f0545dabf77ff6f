using Mesh.Testing;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>What the door does wherever it stands. Each test has a queue of its own: what was pushed and not committed stays in the door's process.</summary>
public abstract class RoteraContract(Func<Task<RoteraDoor>> open) : DoorContract<RoteraDoor>(open)
{
    private protected uint Queue { get; } = (uint)Random.Shared.Next(1, int.MaxValue);

    private protected StreamName Name => StreamName.Ring($"{Queue}");
}
