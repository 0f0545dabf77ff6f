using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Client.Appends;
using Mesh.Client.Reads;

namespace Mesh.Client;

/// <summary>One stream, or a view of one, by its address. Thread-safe. Everything fails with <see cref="MeshException"/>, and is tried again before, as the options say.</summary>
public sealed class MeshStream
{
    private readonly MeshClient _client;
    private readonly Lazy<Appender> _appender;

    internal MeshStream(MeshClient client, string project, string address)
    {
        (_client, Project, Address) = (client, project, address);
        _appender = new Lazy<Appender>(() => new Appender(client.Channel, project, address, client.Options));
    }

    public string Project { get; }

    public string Address { get; }

    /// <summary>Makes the stream with these options, or leaves one that is there as it is.</summary>
    /// <returns>True when it is new, as far as is known after a retry.</returns>
    public async Task<bool> CreateAsync(StreamOptions? options = null, ReadOnlyMemory<byte> metadata = default, CancellationToken cancel = default)
    {
        var request = new V1.CreateStreamRequest { Project = Project, Stream = Address, Metadata = ByteString.CopyFrom(metadata.Span) };
        if (options is not null) request.Options = StreamDescription.MessageOf(options);
        return (await _client.CallAsync("CreateStream", request, V1.CreateStreamResponse.Parser, cancel).ConfigureAwait(false)).Created;
    }

    /// <returns>Null when there is no such stream.</returns>
    public async Task<StreamDescription?> DescribeAsync(CancellationToken cancel = default)
    {
        try
        {
            var request = new V1.DescribeStreamRequest { Project = Project, Stream = Address };
            return StreamDescription.Of(await _client.CallAsync("DescribeStream", request, V1.StreamInfo.Parser, cancel).ConfigureAwait(false));
        }
        catch (MeshException missing) when (missing.Status == MeshStatus.NotFound)
        {
            return null;
        }
    }

    /// <summary>Replaces options, metadata or both; what is null stays.</summary>
    public async Task<StreamDescription> UpdateAsync(StreamOptions? options = null, ReadOnlyMemory<byte>? metadata = null, CancellationToken cancel = default)
    {
        var request = new V1.UpdateStreamRequest { Project = Project, Stream = Address };
        if (options is not null) request.Options = StreamDescription.MessageOf(options);
        if (metadata is { } given) request.Metadata = ByteString.CopyFrom(given.Span);
        return StreamDescription.Of(await _client.CallAsync("UpdateStream", request, V1.StreamInfo.Parser, cancel).ConfigureAwait(false));
    }

    /// <summary>Deletes the stream with all it holds.</summary>
    /// <returns>False when there was none; after a retry perhaps although this call deleted it.</returns>
    public async Task<bool> DeleteAsync(CancellationToken cancel = default)
    {
        var request = new V1.DeleteStreamRequest { Project = Project, Stream = Address };
        return (await _client.CallAsync("DeleteStream", request, V1.DeleteStreamResponse.Parser, cancel).ConfigureAwait(false)).Deleted;
    }

    /// <summary>
    /// Appends a record and answers when it is durable. Call it again without waiting: records travel together, in the order of the calls, and each is stored once
    /// however often the connection breaks.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="cancel">Ends the waiting; the record may be stored nevertheless.</param>
    /// <exception cref="MeshException">It is not stored, or, with <see cref="MeshStatus.Unavailable"/>, nobody knows.</exception>
    public Task<AppendedRecord> AppendAsync(NewRecord record, CancellationToken cancel = default) => _appender.Value.AppendAsync(record.ToMessage(), cancel);

    /// <summary>As the other, of bytes alone.</summary>
    public Task<AppendedRecord> AppendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel = default) =>
        _appender.Value.AppendAsync(new V1.NewRecord { Body = UnsafeByteOperations.UnsafeWrap(body) }, cancel);

    /// <summary>Appends records next to one another, all or none.</summary>
    /// <param name="records">At least one, and no more bytes than the server takes in one message (4 MiB by default).</param>
    /// <param name="cancel">Ends the waiting; the records may be stored nevertheless.</param>
    /// <returns>The first record; the others follow it.</returns>
    public async Task<AppendedRecord> AppendAllAsync(IEnumerable<NewRecord> records, CancellationToken cancel = default)
    {
        var request = new V1.AppendRequest { Project = Project, Stream = Address, DedupeId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()) };
        request.Records.AddRange(records.Select(record => record.ToMessage()));
        var response = await _client.CallAsync("Append", request, V1.AppendResponse.Parser, cancel).ConfigureAwait(false);
        return new AppendedRecord(new Sequence(response.FirstSequence), response.FirstTime?.ToDateTimeOffset(), response.Duplicate);
    }

    /// <summary>Reads to the newest record that there is when it begins, page by page.</summary>
    /// <param name="start">Where it begins; <see cref="ReadStart.Now"/> stands for the oldest.</param>
    /// <param name="filter">Which records; null for all.</param>
    /// <param name="cancel">Ends the reading.</param>
    public IAsyncEnumerable<MeshRecord> ReadAsync(ReadStart start = default, RecordFilter? filter = null, CancellationToken cancel = default) =>
        new PageReader(_client, Project, Address, filter).ReadAsync(start, cancel);

    /// <summary>
    /// Catches up, and then goes on live, without gap or double: when the connection breaks it goes on behind the last record that was handed out. A reader that is slow lags
    /// behind, and holds a few pages.
    /// </summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="filter">Which records; null for all.</param>
    /// <param name="missed">Told how many records retention took before they could be read.</param>
    /// <param name="cancel">Ends it.</param>
    public IAsyncEnumerable<MeshRecord> TailAsync(ReadStart start = default, RecordFilter? filter = null, Action<long>? missed = null, CancellationToken cancel = default) =>
        new TailReader(_client, Project, Address, filter, missed).ReadAsync(start, cancel);

    /// <summary>Queues: claims records, so that nobody else gets them until they are acknowledged, released, or the time is up.</summary>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="options">For how long; null for the defaults.</param>
    /// <param name="cancel">Ends the call; what was claimed by then stays claimed until its time is up.</param>
    /// <returns>Null when there was nothing to claim.</returns>
    public Task<MeshClaim?> ClaimAsync(int limit = 10, ClaimOptions? options = null, CancellationToken cancel = default) =>
        MeshClaim.ClaimAsync(_client, this, new V1.ClaimRequest { Limit = limit }, options, cancel);

    /// <summary>The consumer group of a name. Nothing is asked of the server.</summary>
    public MeshGroup Group(string name) => new(_client, this, name);

    /// <summary>Names of the stream's, or the view's, consumer groups.</summary>
    public async Task<IReadOnlyList<string>> GroupsAsync(CancellationToken cancel = default) =>
        [.. (await _client.CallAsync("ListGroups", new V1.ListGroupsRequest { Project = Project, Stream = Address }, V1.ListGroupsResponse.Parser, cancel).ConfigureAwait(false)).Groups];

    /// <summary>Appends a request and waits for the reply to it. It is sent once: a lost connection fails it, for it may be answered already.</summary>
    /// <param name="request">The request; whoever answers it finds where to in <see cref="MeshRecord.ReplyTo"/>.</param>
    /// <param name="timeout">Up to 5 minutes; null is 30 s.</param>
    /// <param name="cancel">Ends the waiting; the request stays where it is.</param>
    /// <returns>The body of the reply.</returns>
    /// <exception cref="MeshException">With <see cref="MeshStatus.DeadlineExceeded"/>: nobody replied in time.</exception>
    public async Task<ReadOnlyMemory<byte>> RequestAsync(NewRecord request, TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        var message = new V1.RequestRequest { Project = Project, Stream = Address, Record = request.ToMessage(), Timeout = timeout is { } span ? Duration.FromTimeSpan(span) : null };
        return (await _client.Channel.CallAsync("Request", message, V1.RequestResponse.Parser, cancel).ConfigureAwait(false)).Body.Memory;
    }

    /// <summary>Queues: what was handed out too often, and lies in the queue's queue of dead letters, under its sequences.</summary>
    public IAsyncEnumerable<MeshRecord> DeadLettersAsync(CancellationToken cancel = default) => new PageReader(_client, Project, Address, null).DeadLettersAsync(cancel);

    /// <summary>Queues: puts dead letters back at the queue's end, each once.</summary>
    /// <param name="letters">Which, by their sequences among the dead letters, at most 1,000; null for all that are there now.</param>
    /// <param name="ttl">Time to live from now on; null keeps what is left.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>How many went back; after a retry perhaps fewer than did.</returns>
    public async Task<long> RedriveAsync(IEnumerable<Sequence>? letters = null, TimeSpan? ttl = null, CancellationToken cancel = default)
    {
        var request = new V1.RedriveRequest { Project = Project, Stream = Address, Ttl = ttl is { } span ? Duration.FromTimeSpan(span) : null };
        if (letters is not null) request.Sequences.AddRange(letters.Select(sequence => sequence.Value));
        return (await _client.CallAsync("Redrive", request, V1.RedriveResponse.Parser, cancel).ConfigureAwait(false)).Moved;
    }

    internal async ValueTask CloseAsync()
    {
        if (_appender.IsValueCreated) await _appender.Value.DisposeAsync().ConfigureAwait(false);
    }
}
