namespace Mesh.Orleans.Grains;

/// <summary>The grain of one tree of channels; its key is a <see cref="StreamKey"/>.</summary>
public interface IChannelGrain : IStreamGrain, IChannel;
