namespace Mesh.Orleans.Grains;

/// <summary>A queue's grain; its key is a <see cref="StreamKey"/>.</summary>
public interface IQueueGrain : IStreamGrain, IQueue;
