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

    /// <summary>Groups: retention has taken the record, or it was deleted; it is not handed out again.</summary>
    Gone = 5,

    /// <summary>Groups: the group has not come to the record yet.</summary>
    NotDelivered = 6,
}

/// <summary>Records that are this caller's until they are acknowledged, released, or the time is up. Thread-safe.</summary>
public sealed class MeshClaim
{
    private readonly MeshClient _client;
    private readonly MeshStream _stream;
    private readonly string _group;

    private MeshClaim(MeshClient client, MeshStream stream, string group, string id, IReadOnlyList<MeshRecord> records) =>
        (_client, _stream, _group, Id, Records) = (client, stream, group, id, records);

    public string Id { get; }

    public IReadOnlyList<MeshRecord> Records { get; }

    /// <summary>Acknowledges all records: nobody gets them again.</summary>
    public Task<IReadOnlyList<AckOutcome>> AckAsync(CancellationToken cancel = default) => AckAsync(Records, cancel);

    /// <summary>Acknowledges some of the records.</summary>
    /// <returns>What became of each.</returns>
    public async Task<IReadOnlyList<AckOutcome>> AckAsync(IEnumerable<MeshRecord> records, CancellationToken cancel = default)
    {
        var request = new V1.AckRequest { Project = _stream.Project, Stream = _stream.Address, Group = _group, ClaimId = Id };
        request.Sequences.AddRange(records.Select(record => record.Sequence.Value));
        if (request.Sequences.Count == 0) return [];
        var response = await _client.CallAsync("Ack", request, V1.AckResponse.Parser, cancel).ConfigureAwait(false);
        return [.. response.Acks.Select(ack => (AckOutcome)(int)ack.Outcome)];
    }

    /// <summary>Counts the claim's time anew from now.</summary>
    /// <exception cref="MeshException">NOT_FOUND: the time was up before.</exception>
    public async Task ExtendAsync(TimeSpan visibilityTimeout, CancellationToken cancel = default)
    {
        var request = new V1.ExtendRequest { Project = _stream.Project, Stream = _stream.Address, Group = _group, ClaimId = Id, VisibilityTimeout = Duration.FromTimeSpan(visibilityTimeout) };
        await _client.CallAsync("Extend", request, V1.ExtendResponse.Parser, cancel).ConfigureAwait(false);
    }

    /// <summary>Gives back what the claim still holds.</summary>
    public async Task ReleaseAsync(CancellationToken cancel = default)
    {
        var request = new V1.ReleaseRequest { Project = _stream.Project, Stream = _stream.Address, Group = _group, ClaimId = Id };
        await _client.CallAsync("Release", request, V1.ReleaseResponse.Parser, cancel).ConfigureAwait(false);
    }

    /// <param name="client">Makes the call.</param>
    /// <param name="stream">What is claimed from.</param>
    /// <param name="request">Limit, and group and consumer if any.</param>
    /// <param name="options">For how long; null for the defaults.</param>
    /// <param name="cancel">Ends the call.</param>
    internal static async Task<MeshClaim?> ClaimAsync(MeshClient client, MeshStream stream, V1.ClaimRequest request, ClaimOptions? options, CancellationToken cancel)
    {
        options ??= new ClaimOptions();
        request.Project = stream.Project;
        request.Stream = stream.Address;
        request.VisibilityTimeout = Duration.FromTimeSpan(options.VisibilityTimeout);
        request.Grace = Duration.FromTimeSpan(options.Grace);
        request.Wait = Duration.FromTimeSpan(options.Wait);
        var response = await client.CallAsync("Claim", request, V1.ClaimResponse.Parser, cancel).ConfigureAwait(false);
        return response.ClaimId.Length == 0 ? null : new MeshClaim(client, stream, request.Group, response.ClaimId, [.. response.Records.Select(record => new MeshRecord(record))]);
    }
}
