using System.Text.Json;
using Mesh.Engine.Nodes;
using Mesh.Orleans.Rooms;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Mesh.Orleans.Nodes;

/// <summary>
/// Holds the register. What it decides is in grain storage before it is answered, so that the next activation goes on with it; loads are not, for nodes say them again within a
/// second. Changes take turns within; who only asks does not wait for storage.
/// </summary>
[Reentrant]
internal sealed class NodesGrain : Grain, INodesGrain
{
    private readonly NodeRegister _register;
    private readonly StoredState<NodesState> _stored;

    public NodesGrain(IOptions<MeshSiloOptions> options)
    {
        _register = new NodeRegister(options.Value.Clock, options.Value.NodesPerRoom);
        _stored = new StoredState<NodesState>("nodes", GrainContext);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await _stored.LoadAsync() is { Json: { } json } && JsonSerializer.Deserialize<NodeRegisterState>(json) is { } state) _register.Restore(state);
    }

    public async ValueTask<NodeTable?> BeatAsync(NodeReport report, long known)
    {
        if (_register.Beat(report)) await SaveAsync();
        return _register.Table.Version == known ? null : _register.Table;
    }

    public async ValueTask LeaveAsync(string id)
    {
        if (_register.Leave(id)) await SaveAsync();
    }

    public async ValueTask<NodeTable> TableAsync()
    {
        await SweepAsync();
        return _register.Table;
    }

    public async ValueTask<NodeReport[]> ListAsync()
    {
        await SweepAsync();
        return [.. _register.Nodes];
    }

    public async ValueTask<string?> PinAsync(int slot, string[] nodes)
    {
        await SweepAsync();
        if (_register.Pin(slot, nodes) is { } unknown) return unknown;
        await SaveAsync();
        return null;
    }

    public async ValueTask<bool> UnpinAsync(int slot)
    {
        if (!_register.Unpin(slot)) return false;
        await SaveAsync();
        return true;
    }

    private async ValueTask SweepAsync()
    {
        if (_register.Sweep()) await SaveAsync();
    }

    private Task SaveAsync() => _stored.SaveAsync(() => new NodesState { Json = JsonSerializer.Serialize(_register.State) });
}

/// <summary>What grain storage holds of the nodes: the register's state as JSON.</summary>
[GenerateSerializer]
internal sealed class NodesState
{
    [Id(0)]
    public string? Json { get; set; }
}
