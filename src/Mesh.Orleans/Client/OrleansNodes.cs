using Mesh.Orleans.Nodes;

namespace Mesh.Orleans.Client;

/// <summary>The nodes of a cluster: one grain has them. A change that is sent again comes to the same. Thread-safe.</summary>
internal sealed class OrleansNodes(INodesGrain grain, Patience patience) : INodes
{
    public bool IsCluster => true;

    public ValueTask<NodeTable?> BeatAsync(NodeReport report, long known) => patience.CallAsync(() => grain.BeatAsync(report, known));

    public async ValueTask LeaveAsync(string id) => await patience.CallAsync(async () =>
    {
        await grain.LeaveAsync(id);
        return true;
    });

    public ValueTask<NodeTable> TableAsync() => patience.CallAsync(grain.TableAsync);

    public async ValueTask<IReadOnlyList<NodeReport>> ListAsync() => await patience.CallAsync(grain.ListAsync);

    public ValueTask<string?> PinAsync(int slot, IReadOnlyList<string> nodes)
    {
        string[] ids = [.. nodes];
        return patience.CallAsync(() => grain.PinAsync(slot, ids));
    }

    public ValueTask<bool> UnpinAsync(int slot)
    {
        var wasPinned = false;
        return patience.CallAsync(async () => wasPinned |= await grain.UnpinAsync(slot));
    }
}
