using Google.Protobuf.WellKnownTypes;

namespace Mesh.Client;

/// <summary>How to claim.</summary>
public sealed record ClaimOptions
{
    /// <summary>For how long nobody else gets the records. Default 60 s; 1 s to 366 days.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Queues: a record that would expire before the claim lives for the timeout and this long. Default none; up to 366 days.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>How long to wait for the first record. Default not at all; up to 5 minutes.</summary>
    public TimeSpan Wait { get; init; }
}

/// <summary>What became of the acknowledgement of a record.</summary>
public enum AckOutcome
{
    /// <summary>The record is done with, now or since earlier.</summary>
    Done = 1,

    /// <summary>Another live claim holds it.</summary>
    HeldByOther = 2,

    /// <summary>The claim does not hold it any more, or never did.</summary>
    ClaimExpired = 3,

    /// <summary>Nobody has claimed the record.</summary>
    NotClaimed = 4,
}

/// <summary>Records that are this caller's until they are acknowledged, released, or the time is up. Thread-safe.</summary>
public sealed class MeshClaim
{
    private readonly MeshClient _client;
    private readonly MeshStream _stream;

    internal MeshClaim(MeshClient client, MeshStream stream, string id, IReadOnlyList<MeshRecord> records) => (_client, _stream, Id, Records) = (client, stream, id, records);

    public string Id { get; }

    public IReadOnlyList<MeshRecord> Records { get; }

    /// <summary>Acknowledges all records: nobody gets them again.</summary>
    public Task<IReadOnlyList<AckOutcome>> AckAsync(CancellationToken cancel = default) => AckAsync(Records, cancel);

    /// <summary>Acknowledges some of the records.</summary>
    /// <returns>What became of each.</returns>
    public async Task<IReadOnlyList<AckOutcome>> AckAsync(IEnumerable<MeshRecord> records, CancellationToken cancel = default)
    {
        var request = new V1.AckRequest { Project = _stream.Project, Stream = _stream.Address, ClaimId = Id };
        request.Sequences.AddRange(records.Select(record => record.Sequence.Value));
        if (request.Sequences.Count == 0) return [];
        var response = await _client.CallAsync("Ack", request, V1.AckResponse.Parser, cancel).ConfigureAwait(false);
        return [.. response.Acks.Select(ack => (AckOutcome)(int)ack.Outcome)];
    }

    /// <summary>Counts the claim's time anew from now.</summary>
    /// <exception cref="MeshException">NOT_FOUND: the time was up before.</exception>
    public async Task ExtendAsync(TimeSpan visibilityTimeout, CancellationToken cancel = default)
    {
        var request = new V1.ExtendRequest { Project = _stream.Project, Stream = _stream.Address, ClaimId = Id, VisibilityTimeout = Duration.FromTimeSpan(visibilityTimeout) };
        await _client.CallAsync("Extend", request, V1.ExtendResponse.Parser, cancel).ConfigureAwait(false);
    }

    /// <summary>Gives back what the claim still holds.</summary>
    public async Task ReleaseAsync(CancellationToken cancel = default)
    {
        var request = new V1.ReleaseRequest { Project = _stream.Project, Stream = _stream.Address, ClaimId = Id };
        await _client.CallAsync("Release", request, V1.ReleaseResponse.Parser, cancel).ConfigureAwait(false);
    }
}
