using Orleans.Streams;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>No record, but a reason for the agent to look after a stream: something was read for one that is behind. Never leaves the silo.</summary>
/// <param name="stream">Which.</param>
/// <param name="token">Where consumers begin that know no place of their own.</param>
internal sealed class Wake(StreamId stream, MeshStreamToken token) : IBatchContainer
{
    public StreamId StreamId => stream;

    public StreamSequenceToken SequenceToken => token;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => [];

    public bool ImportRequestContext() => false;
}
