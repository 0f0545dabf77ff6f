using Google.Protobuf.WellKnownTypes;

namespace Mesh.Client;

/// <summary>Where a consumer group stands.</summary>
/// <param name="Next">The offset: the next new record that it hands out has this sequence or a later one.</param>
/// <param name="Lag">Records still to be handed out for the first time; null where that is not counted.</param>
/// <param name="Pending">Records handed out and not acknowledged.</param>
/// <param name="Claimed">Those of them that live claims hold.</param>
public sealed record GroupStanding(Sequence Next, long? Lag, long Pending, long Claimed);

/// <summary>
/// A consumer group of a stream or of a view: hands each record out once, to one of its consumers, and knows durably how far it is. The records stay in the stream. Of every
/// kind but queues, whose claims are for all. Thread-safe.
/// </summary>
public sealed class MeshGroup
{
    private readonly MeshClient _client;
    private readonly MeshStream _stream;

    internal MeshGroup(MeshClient client, MeshStream stream, string name) => (_client, _stream, Name) = (client, stream, name);

    public string Name { get; }

    /// <summary>Makes the group, or leaves one that is there where it stands.</summary>
    /// <param name="start">Which record it hands out first; <see cref="ReadStart.Last"/> cannot be asked for.</param>
    /// <param name="options">How it treats what is claimed too often; null for what the stream's options say.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>True when it is new, as far as is known after a retry.</returns>
    public async Task<bool> CreateAsync(ReadStart start = default, GroupOptions? options = null, CancellationToken cancel = default)
    {
        var request = new V1.CreateGroupRequest { Project = _stream.Project, Stream = _stream.Address, Group = Name };
        start.WriteTo(request);
        if (options is not null) request.Options = MessageOf(options);
        return (await _client.CallAsync("CreateGroup", request, V1.CreateGroupResponse.Parser, cancel).ConfigureAwait(false)).Created;
    }

    /// <summary>Moves the group; what is pending stays pending.</summary>
    public async Task MoveAsync(ReadStart start, CancellationToken cancel = default)
    {
        var request = new V1.MoveGroupRequest { Project = _stream.Project, Stream = _stream.Address, Group = Name };
        start.WriteTo(request);
        await _client.CallAsync("MoveGroup", request, V1.MoveGroupResponse.Parser, cancel).ConfigureAwait(false);
    }

    /// <returns>Null when there is no such group.</returns>
    public async Task<GroupStanding?> DescribeAsync(CancellationToken cancel = default)
    {
        try
        {
            var request = new V1.DescribeGroupRequest { Project = _stream.Project, Stream = _stream.Address, Group = Name };
            var info = await _client.CallAsync("DescribeGroup", request, V1.GroupInfo.Parser, cancel).ConfigureAwait(false);
            return new GroupStanding(new Sequence(info.Next), info.HasLag ? info.Lag : null, info.Pending, info.Claimed);
        }
        catch (MeshException missing) when (missing.Status == MeshStatus.NotFound)
        {
            return null;
        }
    }

    /// <summary>Deletes the group with all it knows.</summary>
    /// <returns>False when there was none; after a retry perhaps although this call deleted it.</returns>
    public async Task<bool> DeleteAsync(CancellationToken cancel = default)
    {
        var request = new V1.DeleteGroupRequest { Project = _stream.Project, Stream = _stream.Address, Group = Name };
        return (await _client.CallAsync("DeleteGroup", request, V1.DeleteGroupResponse.Parser, cancel).ConfigureAwait(false)).Deleted;
    }

    /// <summary>Claims records for a consumer: first those whose time is up or that were released, then new ones.</summary>
    /// <param name="consumer">Who claims.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="options">For how long; null for the defaults.</param>
    /// <param name="cancel">Ends the call; what was claimed by then stays claimed until its time is up.</param>
    /// <returns>Null when there was nothing to claim.</returns>
    public Task<MeshClaim?> ClaimAsync(string consumer, int limit = 10, ClaimOptions? options = null, CancellationToken cancel = default) =>
        MeshClaim.ClaimAsync(_client, _stream, new V1.ClaimRequest { Group = Name, Consumer = consumer, Limit = limit }, options, cancel);

    private static V1.GroupOptions MessageOf(GroupOptions options)
    {
        var message = new V1.GroupOptions
        {
            DeadLetterQueue = options.DeadLetterQueue ?? "",
            DeadLetterTtl = options.DeadLetterTtl is { } ttl ? Duration.FromTimeSpan(ttl) : null,
        };
        if (options.DeliveryCountMax is { } count) message.DeliveryCountMax = count;
        return message;
    }
}
