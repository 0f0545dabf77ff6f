using System.Buffers;

namespace Mesh.Engine.Claims;

/// <summary>
/// Who holds which record of one queue. Knows only exceptions: a record from the <see cref="Frontier"/> on is free unless it is gone, however long the
/// backlog. Before the frontier a record is gone, or has an entry that says whether it is claimed, free again or not due yet. So memory
/// and recovery are bounded by <see cref="EntriesMax"/> entries of about 150 bytes, and a bit for each record deleted out of order. Every change is added to
/// the journal before the caller is answered. Not thread-safe: the owning actor runs one turn at a time.
/// </summary>
internal sealed class ClaimTable
{
    /// <summary>Records that may be claimed, free again or delayed at one time; beyond it nothing more is handed out.</summary>
    public const int EntriesMax = 1_000_000;

    private const int HeapSlack = 1024;

    private readonly ChangeWriter _journal;
    private readonly ClaimJournal _change = new();
    private readonly Dictionary<long, ClaimEntry> _entries = [];
    private readonly Dictionary<ClaimId, LiveClaim> _claims = [];
    private readonly SortedSet<long> _free = [];
    private readonly PriorityQueue<ClaimEntry, long> _due = new();
    private readonly PriorityQueue<ClaimEntry, long> _expiries = new();
    private readonly PriorityQueue<LiveClaim, long> _ends = new();
    private readonly List<ClaimEntry> _waitingNow = [];
    private readonly List<long> _goneNow = [];
    private SequenceSet _gone = new();
    private long _frontierWritten = 1;

    /// <param name="journal">Takes the bytes of each change.</param>
    public ClaimTable(ChangeWriter journal) => _journal = journal;

    /// <summary>The first record that was never looked at.</summary>
    public Sequence Frontier { get; private set; } = Sequence.First;

    /// <summary>The first record that is not gone.</summary>
    public Sequence Low => new(_gone.Low);

    /// <summary>Records held by live claims.</summary>
    public int Held { get; private set; }

    public int Claims => _claims.Count;

    public bool IsFull => _entries.Count >= EntriesMax;

    /// <summary>Records that are there, up to <paramref name="high"/>.</summary>
    public long CountThrough(Sequence high) => Math.Max(0, high.Value - _gone.Low + 1 - _gone.CountAboveLow);

    /// <summary>Ends claims whose time is up, frees records that are due, and drops those that have expired.</summary>
    public void Advance(RecordTime now)
    {
        while (_ends.TryPeek(out var claim, out var end) && end <= now.Micros)
        {
            _ends.Dequeue();
            if (claim.EndsAt.Micros <= now.Micros && _claims.TryGetValue(claim.Id, out var live) && live == claim) End(claim);
        }

        while (_due.TryPeek(out var entry, out var at) && at <= now.Micros)
        {
            _due.Dequeue();
            if (IsCurrent(entry) && entry.Claim is null && !entry.IsDying) _free.Add(entry.Sequence);
        }

        while (_expiries.TryPeek(out var entry, out var at) && at <= now.Micros)
        {
            _expiries.Dequeue();
            if (IsCurrent(entry) && entry.ExpiresAt <= now && entry.Claim is null && !entry.IsDying) Drop(entry.Sequence);
        }

        if (_expiries.Count > (2 * _entries.Count) + HeapSlack) Rebuild();
    }

    /// <summary>Records before the frontier that are free, oldest first.</summary>
    public IEnumerable<ClaimEntry> Free() => _free.Select(sequence => _entries[sequence]);

    public int FreeCount => _free.Count;

    /// <summary>Looks at the record at the frontier and moves on. It is then free, not due yet, or gone.</summary>
    public void Examine(in RecordTerms terms, RecordTime now)
    {
        SkipTo(new Sequence(terms.Sequence + 1));
        if (_gone.Contains(terms.Sequence)) return;
        if (terms.ExpiresAt <= now)
        {
            Drop(terms.Sequence);
            return;
        }

        var entry = new ClaimEntry(terms.Sequence, terms.VisibleAt, terms.ExpiresAt);
        Add(entry);
        _waitingNow.Add(entry);
        if (terms.VisibleAt <= now) _free.Add(entry.Sequence);
        else _due.Enqueue(entry, terms.VisibleAt.Micros);
    }

    /// <summary>Nothing can be read before <paramref name="frontier"/>: what was there is damaged or trimmed.</summary>
    public void SkipTo(Sequence frontier)
    {
        if (frontier > Frontier) Frontier = frontier;
    }

    public bool IsGone(long sequence) => _gone.Contains(sequence);

    /// <summary>Makes one claim of records that are free.</summary>
    public LiveClaim Claim(ClaimId id, IReadOnlyList<ClaimEntry> entries, in ClaimTerms terms, RecordTime now)
    {
        var claim = new LiveClaim(id, now, terms.VisibilityTimeout);
        _claims.Add(id, claim);
        _ends.Enqueue(claim, claim.EndsAt.Micros);
        foreach (var entry in entries)
        {
            _free.Remove(entry.Sequence);
            entry.Deliveries++;
            Hold(claim, entry);
            Prolong(entry, claim.EndsAt, terms.Grace);
        }

        WriteExamined();
        _change.Claimed(claim);
        WriteChange();
        return claim;
    }

    /// <summary>A live claim, or null.</summary>
    public LiveClaim? Find(ClaimId id) => _claims.GetValueOrDefault(id);

    public bool Extend(ClaimId id, in ClaimTerms terms, RecordTime now)
    {
        if (Find(id) is not { } claim) return false;
        claim.At = now;
        claim.Timeout = terms.VisibilityTimeout;
        _ends.Enqueue(claim, claim.EndsAt.Micros);
        foreach (var entry in claim.Entries) Prolong(entry, claim.EndsAt, terms.Grace);
        _change.Extended(claim);
        WriteChange();
        return true;
    }

    /// <returns>False when there is no such claim.</returns>
    public bool Release(ClaimId id)
    {
        if (Find(id) is not { } claim) return false;
        End(claim);
        _change.Released(id);
        WriteChange();
        return true;
    }

    /// <summary>Deletes one record by the rules of <see cref="IQueue.AckAsync"/>.</summary>
    public AckResult Ack(Sequence sequence, ClaimId? by, Sequence high)
    {
        if (!Exists(sequence, high)) return AckResult.Deleted;
        var holder = _entries.GetValueOrDefault(sequence.Value)?.Claim;
        if (by is { } id && Find(id) is null) return AckResult.ClaimExpired;
        if (by is not null && holder is null) return AckResult.NotClaimed;
        if (holder is not null && holder.Id != by) return AckResult.HeldByOther;
        Delete([sequence.Value]);
        return AckResult.Deleted;
    }

    public bool Exists(Sequence sequence, Sequence high) => sequence.Value > 0 && sequence <= high && !_gone.Contains(sequence.Value);

    /// <summary>Deletes records, whoever holds them.</summary>
    public void Delete(IReadOnlyList<long> sequences)
    {
        WriteExamined();
        foreach (var sequence in sequences) Remove(sequence);
        _change.Gone(sequences);
        WriteChange();
    }

    /// <summary>Takes a record that was delivered too often out of everybody's reach.</summary>
    public void Bury(ClaimEntry entry)
    {
        _free.Remove(entry.Sequence);
        entry.IsDying = true;
    }

    /// <summary>The move to the dead letters failed: the record is free again, for another try.</summary>
    public void Exhume(ClaimEntry entry)
    {
        if (!IsCurrent(entry)) return;
        entry.IsDying = false;
        _free.Add(entry.Sequence);
    }

    /// <summary>Retention has taken records before <paramref name="low"/>.</summary>
    public void TrimBelow(Sequence low)
    {
        if (low.Value <= _gone.Low) return;
        foreach (var (sequence, _) in _entries)
            if (sequence < low.Value) Remove(sequence);
        _gone.RaiseLow(low.Value);
        if (Frontier < low) Frontier = low;
    }

    /// <summary>What claims say of a record; null when they say nothing: it is free and as it was posted.</summary>
    public ClaimEntry? EntryOf(long sequence) => _entries.GetValueOrDefault(sequence);

    /// <summary>Writes what was looked at or dropped since the last change; nothing is lost if it is not, only looked at again.</summary>
    public void WriteExamined()
    {
        if (_goneNow.Count > 0)
        {
            _change.Gone(_goneNow);
            WriteChange();
            _goneNow.Clear();
        }

        if (Frontier.Value == _frontierWritten) return;
        _waitingNow.RemoveAll(entry => entry.Claim is not null || !IsCurrent(entry));
        _change.Examined(Frontier.Value, _waitingNow);
        WriteChange();
        _waitingNow.Clear();
        _frontierWritten = Frontier.Value;
    }

    public void WriteSnapshot(IBufferWriter<byte> target) => ClaimSnapshot.Write(target, Frontier.Value, _gone, _entries.Values, _claims.Values);

    public void ReadSnapshot(ReadOnlySpan<byte> source) => ClaimSnapshot.Read(source, this);

    /// <summary>Makes a change found in the journal.</summary>
    public void Apply(ReadOnlySpan<byte> change) => ClaimJournal.Apply(change, this);

    internal void RestoreGone(long sequence) => Remove(sequence);

    internal void RestoreGone(SequenceSet gone) => _gone = gone;

    internal void RestoreFrontier(long frontier)
    {
        Frontier = new Sequence(Math.Max(frontier, Frontier.Value));
        _frontierWritten = Frontier.Value;
    }

    internal LiveClaim RestoreClaim(ClaimId id, RecordTime at, TimeSpan timeout)
    {
        if (!_claims.TryGetValue(id, out var claim)) _claims.Add(id, claim = new LiveClaim(id, at, timeout));
        claim.At = at;
        claim.Timeout = timeout;
        _ends.Enqueue(claim, claim.EndsAt.Micros);
        return claim;
    }

    /// <summary>Puts an entry in place of the one there was: held by a claim, or free, perhaps not yet due.</summary>
    internal void RestoreEntry(ClaimEntry entry, LiveClaim? claim)
    {
        if (_gone.Contains(entry.Sequence)) return;
        Unlink(entry.Sequence);
        Add(entry);
        if (claim is not null) Hold(claim, entry);
        else if (entry.VisibleAt > RecordTime.None) _due.Enqueue(entry, entry.VisibleAt.Micros);
        else _free.Add(entry.Sequence);
    }

    internal void RestoreReleased(ClaimId id)
    {
        if (Find(id) is { } claim) End(claim);
    }

    /// <summary>Records that were deleted stay in the heaps until their time comes, which may be days: now and then the heaps are made anew.</summary>
    private void Rebuild()
    {
        _expiries.Clear();
        _due.Clear();
        _ends.Clear();
        foreach (var entry in _entries.Values)
        {
            if (entry.ExpiresAt < RecordTime.Max) _expiries.Enqueue(entry, entry.ExpiresAt.Micros);
            if (entry.Claim is null && !entry.IsDying && !_free.Contains(entry.Sequence)) _due.Enqueue(entry, entry.VisibleAt.Micros);
        }

        foreach (var claim in _claims.Values) _ends.Enqueue(claim, claim.EndsAt.Micros);
    }

    private void Add(ClaimEntry entry)
    {
        _entries[entry.Sequence] = entry;
        if (entry.ExpiresAt < RecordTime.Max) _expiries.Enqueue(entry, entry.ExpiresAt.Micros);
    }

    private void Hold(LiveClaim claim, ClaimEntry entry)
    {
        entry.Claim = claim;
        claim.Entries.Add(entry);
        Held++;
    }

    private void Prolong(ClaimEntry entry, RecordTime claimEnd, TimeSpan grace)
    {
        if (entry.ExpiresAt >= claimEnd) return;
        entry.ExpiresAt = claimEnd.Plus(grace);
        _expiries.Enqueue(entry, entry.ExpiresAt.Micros);
    }

    private void End(LiveClaim claim)
    {
        _claims.Remove(claim.Id);
        Held -= claim.Entries.Count;
        foreach (var entry in claim.Entries)
        {
            entry.Claim = null;
            _free.Add(entry.Sequence);
            if (entry.ExpiresAt < RecordTime.Max) _expiries.Enqueue(entry, entry.ExpiresAt.Micros);
        }
    }

    /// <summary>A record has expired: gone, without a hurry to write that down.</summary>
    private void Drop(long sequence)
    {
        Remove(sequence);
        _goneNow.Add(sequence);
    }

    private void Remove(long sequence)
    {
        Unlink(sequence);
        _gone.Add(sequence);
    }

    private void Unlink(long sequence)
    {
        if (!_entries.Remove(sequence, out var entry)) return;
        _free.Remove(sequence);
        if (entry.Claim is null) return;
        entry.Claim.Entries.Remove(entry);
        entry.Claim = null;
        Held--;
    }

    private bool IsCurrent(ClaimEntry entry) => _entries.TryGetValue(entry.Sequence, out var current) && current == entry;

    private void WriteChange() => _journal(_change.Written);
}

/// <summary>Takes the bytes of a change, valid during the call.</summary>
internal delegate void ChangeWriter(ReadOnlySpan<byte> change);
