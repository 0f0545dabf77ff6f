using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One tree of channels.</summary>
internal sealed class ChannelHandle(StreamName name, IChannelGrain grain, HandleContext context)
    : GroupedHandle(name, grain, grain, context), IChannel
{
    private ChannelWatch? _watch;

    public ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default) => Patience.CallAsync(() => grain.ReadAsync(query, cancel), cancel);

    public ValueTask<bool> WaitAsync(ChannelQuery query, Sequence from, TimeSpan timeout, CancellationToken cancel = default) =>
        LazyInitializer.EnsureInitialized(ref _watch, () => new ChannelWatch(this, Clock)).WaitAsync(query, from, timeout, cancel);
}
