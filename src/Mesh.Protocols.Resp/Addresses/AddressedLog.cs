using Mesh.Addresses;
using Mesh.Frames;

namespace Mesh.Protocols.Resp.Addresses;

/// <summary>
/// What an address names, as the stream commands see it: a ring whose ids are <c>sequence-0</c>. It takes no ids of others and is not trimmed or deleted from by hand.
/// Where a key is named its records alone are seen, so there are gaps between their ids. Thread-safe.
/// </summary>
/// <param name="stream">What the address names; no ring.</param>
internal sealed class AddressedLog(AddressedStream stream) : IRing
{
    /// <summary>Keys that begin so are addresses.</summary>
    public const string Prefix = "mesh:";

    /// <summary>Bytes of batches after which a range ends early.</summary>
    private const long RangeBytesMax = 8L * 1024 * 1024;

    private readonly RecordFilter _filter = stream.Key is null ? RecordFilter.All : new RecordFilter(stream.Key, null, []);

    /// <summary>The key that records get which are added.</summary>
    public byte[] RecordKey { get; } = stream.RecordKey;

    public RecordFilter Filter => _filter;

    private IConsumerGroups Groups => stream.Groups ?? throw new RespErrorException($"ERR {stream.Address} has claims for all instead of consumer groups, which Zaqar's door and mesh.v1 serve");

    /// <summary>The id by which clients know a record: its own in a ring, and elsewhere its sequence.</summary>
    public static RingId IdOf(in RecordView record) => record.Id == RingId.None ? IdOf(record.Sequence) : record.Id;

    public static RingId IdOf(Sequence sequence) => new((ulong)Math.Max(0, sequence.Value), 0);

    /// <summary>What the address names.</summary>
    /// <param name="addresses">Finds it.</param>
    /// <param name="key">With the prefix.</param>
    /// <exception cref="RespErrorException">It is no address.</exception>
    public static AddressedStream Resolve(AddressResolver addresses, string key) => StreamAddress.TryParse(key[Prefix.Length..], out var address, out var fault)
        ? addresses.Resolve(address)
        : throw new RespErrorException($"ERR {fault}");

    /// <summary>The name of the ring that a key stands for, as itself or by its address; null when it stands for another stream, or none.</summary>
    public static string? RingOf(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal)) return key;
        return StreamAddress.TryParse(key[Prefix.Length..], out var address, out _) && address.Kind == AddressKind.Ring ? address.Name : null;
    }

    /// <summary>For commands that rings alone take.</summary>
    public RespErrorException OnlyRings(string what) => new($"ERR {stream.Address} is no ring: {what}");

    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default) => stream.AppendAsync(segment, options);

    /// <exception cref="RespErrorException">It is a room that keeps no history.</exception>
    public async ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default)
    {
        var page = await stream.ReadAsync(query, _filter, cancel).ConfigureAwait(false);
        if (page.HighWatermark == Sequence.None) await RequireHistoryAsync(cancel).ConfigureAwait(false);
        return page;
    }

    /// <exception cref="RespErrorException">It is a room that keeps no history: there is nothing to read or to follow.</exception>
    public async ValueTask RequireHistoryAsync(CancellationToken cancel = default)
    {
        if (await stream.KeepsHistoryAsync(cancel).ConfigureAwait(false)) return;
        throw new RespErrorException($"ERR {stream.Address} keeps no history; SUBSCRIBE {stream.Address.Name} hears its messages live, and ROOM HISTORY {stream.Address.Name} COUNT n makes it keep them");
    }

    public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => stream.Log.TailAsync(from, cancel);

    public ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default) => stream.Log.WaitAsync(until, timeout, cancel);

    public async ValueTask<StreamState> StateAsync(CancellationToken cancel = default)
    {
        var state = await stream.Log.StateAsync(cancel).ConfigureAwait(false);
        return state with { LastId = IdOf(state.HighWatermark) };
    }

    /// <exception cref="RespErrorException">A key is named: nobody counts its records.</exception>
    public async ValueTask<long> LengthAsync() => stream.Key is null
        ? (await stream.Log.StateAsync().ConfigureAwait(false)).Length
        : throw new RespErrorException($"ERR the records of one key are not counted; XLEN takes whole streams, such as {Prefix}{StreamAddress.Of(stream.Stream)}");

    public async ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default)
    {
        var first = new Sequence((long)Math.Min(start.Milliseconds, long.MaxValue - 1) + (start.Number > 0 ? 1 : 0));
        var last = new Sequence((long)Math.Min(end.Milliseconds, long.MaxValue));
        var slices = new List<BatchSlice>();
        var records = 0;
        long bytes = 0;
        for (var next = backwards ? last : first; ;)
        {
            var page = await ReadAsync(new ReadQuery { From = next, Backwards = backwards, RecordsMax = recordsMax - records }, cancel).ConfigureAwait(false);
            foreach (var slice in page.Slices)
            {
                if (slice.Within(first, last) is not { } part) continue;
                slices.Add(part);
                records += part.Count;
                bytes += part.Batch.Length;
            }

            next = page.Next;
            var isDone = records >= recordsMax || bytes >= RangeBytesMax || FilteredReads.IsAtEnd(page, backwards) || (backwards ? next < first : next > last);
            if (isDone) return new RecordPage(slices, next, page.LowWatermark, page.HighWatermark);
        }
    }

    public ValueTask<long> TrimToCountAsync(long keep, long dropMax = long.MaxValue, CancellationToken cancel = default) => throw OnlyRings("its options say what it keeps");

    public ValueTask<long> TrimBelowAsync(RingId id, long dropMax = long.MaxValue, CancellationToken cancel = default) => throw OnlyRings("its options say what it keeps");

    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => throw OnlyRings("its records are not deleted one by one");

    public ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default) => throw OnlyRings("its ids follow from its sequences");

    public async ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default)
    {
        if (stream.Groups is { } groups) return await groups.DescribeAsync(group, pendingMax, cancel).ConfigureAwait(false);
        var state = await StateAsync(cancel).ConfigureAwait(false);
        if (state.Number is null) return null;
        var first = state.Length > 0 ? IdOf(state.LowWatermark) : RingId.None;
        return new LogInfo(state.Length, first, state.LastId, RingId.None, state.HighWatermark.Value, [], state.LastTime);
    }

    public ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default) => Groups.PositionAsync(group, cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        Groups.CreateGroupAsync(group, start, createStream, cancel);

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) => Groups.MoveGroupAsync(group, start, cancel);

    public ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default) =>
        Groups.SetGroupOptionsAsync(group, options, cancel);

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => Groups.DeleteGroupAsync(group, cancel);

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Groups.CreateConsumerAsync(group, consumer, cancel);

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Groups.DeleteConsumerAsync(group, consumer, cancel);

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => Groups.DeliverAsync(read, cancel);

    public ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default) =>
        Groups.WaitForGroupAsync(group, until, timeout, cancel);

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Groups.AcknowledgeAsync(group, ids, cancel);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) => Groups.ClaimPendingAsync(claim, cancel);

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => Groups.ClaimIdleAsync(claim, cancel);

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) => Groups.PendingAsync(group, query, cancel);

    public ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default) => Groups.ClaimAsync(claim, cancel);

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) => Groups.FindClaimAsync(group, claim, cancel);

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) =>
        Groups.ExtendAsync(group, claim, visibilityTimeout, cancel);

    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) => Groups.ReleaseAsync(release, cancel);

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        Groups.AckAsync(group, claim, sequences, cancel);
}
