namespace Mesh.Orleans.Grains;

/// <summary>A partition's grain; its key is a <see cref="StreamKey"/>.</summary>
public interface IPartitionGrain : IStreamGrain, IPartition;
