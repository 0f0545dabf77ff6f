using Mesh.Engine.Channels;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>One tree of channels.</summary>
[Reentrant, ActivationCountBasedPlacement]
internal sealed class ChannelGrain(SiloEngine silo)
    : GroupedGrain<ChannelActor>(silo, StreamKind.Channel, name => new ChannelActor(name, silo.Context)), IChannelGrain
{
    public ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default) => Actor.ReadAsync(query, cancel);

    public ValueTask<bool> WaitAsync(ChannelQuery query, Sequence from, TimeSpan timeout, CancellationToken cancel = default) =>
        Actor.WaitAsync(query, from, timeout, cancel);
}
