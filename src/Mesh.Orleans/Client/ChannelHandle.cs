using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One tree of channels.</summary>
internal sealed class ChannelHandle(StreamName name, IChannelGrain grain, HandleContext context)
    : StreamHandle(name, grain, context), IChannel
{
    public ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default) => Patience.CallAsync(() => grain.ReadAsync(query, cancel), cancel);
}
