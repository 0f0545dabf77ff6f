using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Streams;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>
/// One record on its way. One that arrives from the partition carries the token of its place, for who begins with it; one that goes to a consumer carries
/// the token of the place behind it, for that is where the consumer stands when it has it.
/// </summary>
[GenerateSerializer, Immutable, Alias("mesh.stream-batch"), SerializationCallbacks(typeof(OnDeserializedCallbacks))]
internal sealed class RecordBatch : IBatchContainer, IOnDeserialized
{
    [NonSerialized]
    private Serializer _serializer;

    private RecordBatch(StreamRecord record, MeshStreamToken token, Serializer serializer)
    {
        Record = record;
        Token = token;
        _serializer = serializer;
    }

    [Id(0)]
    public StreamRecord Record { get; private set; }

    [Id(1)]
    public MeshStreamToken Token { get; private set; }

    public StreamId StreamId => Record.Stream;

    public StreamSequenceToken SequenceToken => Token;

    public static RecordBatch Arriving(StreamRecord record, Serializer serializer) => new(record, MeshStreamToken.From(record.Sequence), serializer);

    public static RecordBatch Leaving(StreamRecord record, Serializer serializer) => new(record, MeshStreamToken.Behind(record.Sequence), serializer);

    /// <summary>The event, if there is one of this type. A consumer of one type does not see a stream's events of others.</summary>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        if (Record.Body.Length == 0) return [];
        return _serializer.Deserialize<object?>(Record.Body) switch
        {
            T item => [Tuple.Create<T, StreamSequenceToken>(item, MeshStreamToken.From(Record.Sequence))],
            null when default(T) is null => [Tuple.Create<T, StreamSequenceToken>(default!, MeshStreamToken.From(Record.Sequence))],
            _ => [],
        };
    }

    public bool ImportRequestContext()
    {
        if (Record.Context.Length == 0) return false;
        RequestContextExtensions.Import(_serializer.Deserialize<Dictionary<string, object>>(Record.Context));
        return true;
    }

    void IOnDeserialized.OnDeserialized(DeserializationContext context) => _serializer = context.ServiceProvider.GetRequiredService<Serializer>();
}
