using System.Buffers;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>
/// A stream that has consumer groups: its log, and beside it the parts that know of groups and hand records out. What an id is, and which records are there, is the
/// kind's: where nothing else is said a record's id is <c>sequence-0</c>, and all between the watermarks are there.
/// </summary>
public abstract class GroupedActor : StreamActor, IGroupedLog, IGroupSource
{
    private readonly GroupDelivery _delivery;
    private readonly GroupClaiming _claiming;
    private readonly GroupLag _lag;

    private protected GroupedActor(StreamName name, EngineContext engine)
        : base(name, engine)
    {
        var reads = new GroupReads(this);
        Groups = new StreamGroups(this);
        _delivery = new GroupDelivery(this, Groups, reads);
        _claiming = new GroupClaiming(this, Groups, reads);
        _lag = new GroupLag(this, Groups);
    }

    EngineContext IGroupSource.Engine => Engine;

    Lock IGroupSource.Turn => Turn;

    SequencedLog? IGroupSource.Log => Log;

    bool IGroupSource.IsMissing => IsMissing;

    bool IGroupSource.IsOpen => IsOpen;

    StreamOptions IGroupSource.Options => Stream!.Opened.Entry.Options;

    bool IGroupSource.HasSequenceIds => HasSequenceIds;

    bool IGroupSource.HasAscendingIds => HasAscendingIds;

    RingId IGroupSource.LastId => LastId;

    RingId IGroupSource.MaxDeletedId => MaxDeletedId;

    private protected StreamGroups Groups { get; }

    private protected virtual bool HasSequenceIds => true;

    /// <summary>In a turn.</summary>
    private protected virtual bool HasAscendingIds => true;

    /// <summary>In a turn.</summary>
    private protected virtual RingId LastId => IdOf(Log!.High);

    /// <summary>In a turn.</summary>
    private protected virtual RingId MaxDeletedId => RingId.None;

    private protected override bool IsAwaited => base.IsAwaited || Groups.Changes.Waiting > 0;

    public ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default) => Groups.DescribeAsync(group, pendingMax, cancel);

    public ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default) => _lag.PositionAsync(group, cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        Groups.CreateAsync(group, start, createStream, cancel);

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) => Groups.MoveAsync(group, start, cancel);

    public ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default) => Groups.SetOptionsAsync(group, options);

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => Groups.DeleteAsync(group);

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Groups.CreateConsumerAsync(group, consumer);

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Groups.DeleteConsumerAsync(group, consumer);

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => _delivery.DeliverAsync(read, cancel);

    public async ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default)
    {
        await EnsureReadableAsync();
        TaskCompletionSource signal;
        lock (Turn)
        {
            if (Log is not { } log || Groups.Table.Find(group) is null || log.Next != until) return true;
            signal = BeginWait(until);
        }

        return await EndWaitAsync(signal, timeout, cancel);
    }

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Groups.AcknowledgeAsync(group, ids);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) => _delivery.ClaimPendingAsync(claim, cancel);

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => _delivery.ClaimIdleAsync(claim, cancel);

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) => Groups.PendingAsync(group, query);

    public ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default) => _claiming.ClaimAsync(claim, cancel);

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) => _claiming.FindAsync(group, claim, cancel);

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) =>
        _claiming.ExtendAsync(group, claim, visibilityTimeout);

    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) => _claiming.ReleaseAsync(release);

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        _claiming.AckAsync(group, claim, sequences, cancel);

    ValueTask IGroupSource.EnsureOpenAsync() => EnsureOpenAsync(null);

    ValueTask IGroupSource.EnsureReadableAsync() => EnsureReadableAsync();

    ValueTask IGroupSource.LoadPlacesAsync() => LoadPlacesAsync();

    ValueTask<bool> IGroupSource.CreateAsync() => CreateForGroupAsync();

    ValueTask<T> IGroupSource.AfterCommit<T>(T answer) => AfterCommit(answer);

    void IGroupSource.AddChange(byte op, ReadOnlySpan<byte> change) => AddChange(op, change);

    void IGroupSource.WakeReaders() => Subscribers.Wake(Sequence.Max);

    void IGroupSource.NoteAwaited() => NoteAwaited();

    void IGroupSource.Settle() => Settle();

    bool IGroupSource.Lives(Sequence sequence) => Lives(sequence);

    RecordPage IGroupSource.Living(RecordPage page) => Living(page);

    long IGroupSource.CountFrom(Sequence from) => CountFrom(from);

    bool IGroupSource.TryCount(bool needsFirstId, out ReadCounts counts) => TryCount(needsFirstId, out counts);

    ValueTask IGroupSource.FindFirstAsync(CancellationToken cancel) => FindFirstAsync(cancel);

    RecordPage? IGroupSource.TryReadHere(in ReadQuery query) => TryReadHere(query);

    ValueTask<Sequence> IGroupSource.FirstNotBelowAsync(RingId id, CancellationToken cancel) => FirstNotBelowAsync(id, cancel);

    ValueTask<Sequence?> IGroupSource.FindAsync(RingId id, CancellationToken cancel) => FindAsync(id, cancel);

    ValueTask<PickedRecords> IGroupSource.PickAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, long bytesMax, CancellationToken cancel) =>
        PickAsync(stream, sequences, bytesMax, cancel);

    internal override void WriteSnapshot(IBufferWriter<byte> target)
    {
        base.WriteSnapshot(target);
        Groups.WriteSnapshot(target);
    }

    internal override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch) => Groups.Changes.Announce();

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries) =>
        await base.RebuildAsync(opened, log, entries) + Groups.Rebuild(entries);

    private protected override void OnReset() => Groups.Reset();

    /// <summary>Creates the stream for a group, if its kind lets a group do that.</summary>
    private protected virtual ValueTask<bool> CreateForGroupAsync() => CreateAsync(StreamOptions.Default, ReadOnlyMemory<byte>.Empty);

    /// <summary>In a turn: a change that readers see at once.</summary>
    private protected void AddChange(byte op, ReadOnlySpan<byte> change)
    {
        Journal.Add(op, change);
        Stream!.SetAhead();
    }

    /// <summary>In a turn: brings what is known to be gone up to now.</summary>
    private protected virtual void Settle()
    {
    }

    /// <summary>In a turn: the record is there.</summary>
    private protected virtual bool Lives(Sequence sequence) => sequence >= Log!.ReadableLow && sequence <= Log.High;

    /// <summary>In a turn: the records of a page that are there.</summary>
    private protected virtual RecordPage Living(RecordPage page) => page;

    /// <summary>In a turn, settled: records that are there, from a place on.</summary>
    private protected virtual long CountFrom(Sequence from) => Math.Max(0, Log!.High.Value - Math.Max(from.Value, Log.ReadableLow.Value) + 1);

    /// <summary>In a turn: how groups are to count, if the id of the first record is known or does not matter.</summary>
    private protected virtual bool TryCount(bool needsFirstId, out ReadCounts counts)
    {
        var log = Log!;
        var length = log.High.Value - log.ReadableLow.Value + 1;
        counts = new ReadCounts(length, log.High.Value, length > 0 ? IdOf(log.ReadableLow) : RingId.None, LastId, MaxDeletedId) { HasSequenceIds = true };
        return true;
    }

    /// <summary>Finds the id of the first record, for <see cref="TryCount"/>.</summary>
    private protected virtual ValueTask FindFirstAsync(CancellationToken cancel) => default;

    /// <summary>The first record, of those there ever were, whose id is not smaller than <paramref name="id"/>; the next one to come when all are smaller.</summary>
    private protected virtual ValueTask<Sequence> FirstNotBelowAsync(RingId id, CancellationToken cancel)
    {
        lock (Turn)
        {
            if (Log is not { } log || id == RingId.None) return new(Sequence.First);
            if (id > LastId) return new(log.Next);
            return new(new Sequence((long)id.Milliseconds + (id.Number > 0 ? 1 : 0)));
        }
    }

    /// <summary>The record with an id; null when there is none.</summary>
    private protected virtual ValueTask<Sequence?> FindAsync(RingId id, CancellationToken cancel)
    {
        lock (Turn)
        {
            if (Log is null || id.Number > 0 || id > LastId) return default;
            var sequence = new Sequence((long)id.Milliseconds);
            return new(Lives(sequence) ? sequence : null);
        }
    }

    private static RingId IdOf(Sequence sequence) => new((ulong)sequence.Value, 0);
}
