using Mesh.Engine.Nodes;

namespace Mesh.Embedded;

/// <summary>The nodes of one process: each of its RESP doors is one. Thread-safe.</summary>
internal sealed class EmbeddedNodes(TimeProvider clock, int copies) : INodes
{
    private readonly Lock _turn = new();
    private readonly NodeRegister _register = new(clock, copies);

    public bool IsCluster => false;

    public ValueTask<NodeTable?> BeatAsync(NodeReport report, long known)
    {
        lock (_turn)
        {
            _register.Beat(report);
            return new(_register.Table.Version == known ? null : _register.Table);
        }
    }

    public ValueTask LeaveAsync(string id)
    {
        lock (_turn) _register.Leave(id);
        return default;
    }

    public ValueTask<NodeTable> TableAsync()
    {
        lock (_turn)
        {
            _register.Sweep();
            return new(_register.Table);
        }
    }

    public ValueTask<IReadOnlyList<NodeReport>> ListAsync()
    {
        lock (_turn)
        {
            _register.Sweep();
            return new(_register.Nodes);
        }
    }

    public ValueTask<string?> PinAsync(int slot, IReadOnlyList<string> nodes)
    {
        lock (_turn)
        {
            _register.Sweep();
            return new(_register.Pin(slot, nodes));
        }
    }

    public ValueTask<bool> UnpinAsync(int slot)
    {
        lock (_turn) return new(_register.Unpin(slot));
    }
}
