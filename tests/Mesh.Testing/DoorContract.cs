using Xunit;

namespace Mesh.Testing;

/// <summary>
/// Base of the suites that a door passes wherever it stands: over an embedded mesh, and in a gateway of a cluster. What needs a clock that the test moves, a
/// store that fails, or options of its own is no part of them.
/// </summary>
/// <param name="open">Opens the door to a mesh without streams.</param>
public abstract class DoorContract<TDoor>(Func<Task<TDoor>> open) : IAsyncLifetime
    where TDoor : IAsyncDisposable
{
    protected TDoor Door { get; private set; } = default!;

    public virtual async Task InitializeAsync() => Door = await open();

    public virtual async Task DisposeAsync() => await Door.DisposeAsync();
}
