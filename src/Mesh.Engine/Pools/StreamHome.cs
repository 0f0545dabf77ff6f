using Mesh.Engine.Commit;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Pools;

/// <summary>Where the rows of a stream are: a store and its one writer.</summary>
public sealed record StreamHome(ILogStore Store, CommitPump Pump);

/// <summary>A stream as its owner finds it in its home.</summary>
internal sealed record HomedStream(OpenedStream Opened, StreamHome Home);
