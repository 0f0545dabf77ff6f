namespace Mesh.Orleans.Grains;

/// <summary>A ring's grain; its key is a <see cref="StreamKey"/>.</summary>
public interface IRingGrain : IStreamGrain, IRing, IHoldable;
