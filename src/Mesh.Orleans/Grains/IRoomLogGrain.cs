namespace Mesh.Orleans.Grains;

/// <summary>The grain of one room's history; its key is a <see cref="StreamKey"/>.</summary>
public interface IRoomLogGrain : IStreamGrain, IGroupedLog;
