using System.Buffers;

namespace Mesh.Engine.Claims;

/// <summary>
/// Who holds which record of one queue. Knows only exceptions: a record from the <see cref="Frontier"/> on is free unless it is gone, however long the
/// backlog. Before the frontier a record is gone, or has an entry that says whether it is claimed, free again or not due yet. A claim lives as long as it
/// holds a record. So memory and recovery are bounded by <see cref="EntriesMax"/> entries of about 150 bytes with a claim each at most, and a bit for each
/// record deleted out of order. Every change is added to the journal before the caller is answered. Not thread-safe: the owning actor runs one turn at a time.
/// </summary>
/// <param name="writer">Takes the bytes of each change.</param>
/// <param name="deliveriesMax">Records that were delivered so often are <see cref="Spent"/> instead of <see cref="Free"/>; from 1.</param>
internal sealed class ClaimTable(ChangeWriter writer, int deliveriesMax = int.MaxValue)
{
    /// <summary>Records that may be claimed, free again or delayed at one time; beyond it nothing more is handed out.</summary>
    public const int EntriesMax = 1_000_000;

    private readonly ClaimJournal _journal = new(writer);
    private readonly Dictionary<long, ClaimEntry> _entries = [];
    private readonly Dictionary<ClaimId, LiveClaim> _claims = [];
    private readonly SortedSet<long> _free = [];
    private readonly SortedSet<long> _spent = [];
    private readonly ClaimTimes _times = new();
    private readonly Priorities _priorities = new();
    private SequenceSet _gone = new();

    /// <summary>The first record that was never looked at.</summary>
    public Sequence Frontier { get; private set; } = Sequence.First;

    /// <summary>The first record that is not gone.</summary>
    public Sequence Low => new(_gone.Low);

    /// <summary>Records held by live claims.</summary>
    public int Held { get; private set; }

    public int Claims => _claims.Count;

    /// <summary>Times that are waited for; a few thousand, and three for each entry and claim, at most.</summary>
    public int Awaited => _times.Count;

    public bool IsFull => _entries.Count >= EntriesMax;

    /// <summary>Rises whenever records are free again, or are due.</summary>
    public long Freed { get; private set; }

    /// <summary>Before this nothing is free without anybody's doing.</summary>
    public RecordTime NextAt => _times.NextFree;

    public int FreeCount => _free.Count;

    /// <summary>Records that are there, up to <paramref name="high"/>.</summary>
    public long CountThrough(Sequence high) => Math.Max(0, high.Value - _gone.Low + 1 - _gone.CountAboveLow);

    /// <summary>Ends claims whose time is up, frees records that are due, and drops those that have expired.</summary>
    public void Advance(RecordTime now)
    {
        while (_times.TryTakeEnded(now, out var claim))
            if (claim.EndsAt <= now && IsCurrent(claim)) End(claim);
        while (_times.TryTakeDue(now, out var entry))
            if (IsCurrent(entry) && entry.Claim is null && !entry.IsDying) SetFreeAgain(entry);
        while (_times.TryTakeExpired(now, out var entry))
            if (IsCurrent(entry) && entry.ExpiresAt <= now && entry.Claim is null && !entry.IsDying) Drop(entry.Sequence);
        if (_times.IsStale(_entries.Count, _claims.Count)) AwaitAnew();
    }

    /// <summary>Records before the frontier that are free: of the highest priority first, and of one priority the oldest.</summary>
    public IEnumerable<ClaimEntry> Free() => _free.Select(place => _entries[Priorities.SequenceAt(place)]);

    /// <summary>Records that would be free if they had not been delivered too often, in the same order.</summary>
    public IEnumerable<ClaimEntry> Spent() => _spent.Select(place => _entries[Priorities.SequenceAt(place)]);

    /// <summary>The one record is handed out before the other.</summary>
    public bool ComesBefore(ClaimEntry entry, ClaimEntry other) => _priorities.PlaceOf(entry.Sequence) < _priorities.PlaceOf(other.Sequence);

    /// <summary>Looks at the first record from the frontier on that there is, and moves on. It is then free, not due yet, or gone.</summary>
    /// <returns>True when it is free.</returns>
    public bool Examine(in RecordTerms terms, RecordTime now)
    {
        SkipTo(new Sequence(terms.Sequence));
        Frontier = new Sequence(terms.Sequence + 1);
        if (_gone.Contains(terms.Sequence)) return false;
        if (EntryOf(new Sequence(terms.Sequence)) is { } buried)
        {
            // It is being moved: it may come to stay.
            Rank(terms);
            _journal.Look(buried);
            return false;
        }

        if (terms.ExpiresAt <= now)
        {
            Drop(terms.Sequence);
            return false;
        }

        var entry = new ClaimEntry(terms.Sequence, terms.VisibleAt, terms.ExpiresAt);
        Rank(terms);
        Add(entry);
        _journal.Look(entry);
        var isDue = terms.VisibleAt <= now;
        if (isDue) SetFree(entry);
        else _times.AwaitDue(entry);
        return isDue;
    }

    /// <summary>Nothing can be read before <paramref name="frontier"/>: what was there is damaged, and as good as gone.</summary>
    public void SkipTo(Sequence frontier)
    {
        for (var sequence = _gone.NextAbsent(Frontier.Value); sequence < frontier.Value; sequence = _gone.NextAbsent(sequence)) Drop(sequence);
        if (frontier > Frontier) Frontier = frontier;
    }

    public bool IsGone(Sequence sequence) => _gone.Contains(sequence.Value);

    /// <summary>The first record from <paramref name="from"/> on that is not gone.</summary>
    public Sequence NextNotGone(Sequence from) => new(_gone.NextAbsent(from.Value));

    /// <summary>The last record up to <paramref name="from"/> that is not gone; none when all are.</summary>
    public Sequence LastNotGone(Sequence from) => new(_gone.LastAbsent(from.Value));

    /// <summary>Makes one claim of records that are free; at least one.</summary>
    public LiveClaim Claim(ClaimId id, IReadOnlyList<ClaimEntry> entries, in ClaimTerms terms, RecordTime now)
    {
        var claim = new LiveClaim(id, now, terms.VisibilityTimeout);
        _times.AwaitEnd(claim);
        foreach (var entry in entries)
        {
            _free.Remove(_priorities.PlaceOf(entry.Sequence));
            entry.Deliveries++;
            Hold(claim, entry);
            Prolong(entry, claim.EndsAt, terms.Grace);
        }

        WriteExamined();
        _journal.Claimed(claim);
        return claim;
    }

    /// <summary>A live claim, or null.</summary>
    public LiveClaim? Find(ClaimId id) => _claims.GetValueOrDefault(id);

    public bool Extend(ClaimId id, in ClaimTerms terms, RecordTime now)
    {
        if (Find(id) is not { } claim) return false;
        claim.At = now;
        claim.Timeout = terms.VisibilityTimeout;
        _times.AwaitEnd(claim);
        foreach (var entry in claim.Entries) Prolong(entry, claim.EndsAt, terms.Grace);
        _journal.Extended(claim);
        return true;
    }

    /// <returns>False when there is no such claim.</returns>
    public bool Release(ClaimId id)
    {
        if (Find(id) is not { } claim) return false;
        End(claim);
        _journal.Released(id);
        return true;
    }

    /// <summary>Deletes one record by the rules of <see cref="IQueue.AckAsync"/>.</summary>
    public AckResult Ack(Sequence sequence, ClaimId? by, Sequence high)
    {
        if (!Exists(sequence, high)) return AckResult.Deleted;
        var holder = EntryOf(sequence)?.Claim;
        if (by is { } id && Find(id) is null) return AckResult.ClaimExpired;
        if (by is not null && holder is null) return AckResult.NotClaimed;
        if (holder is not null && holder.Id != by) return AckResult.HeldByOther;
        Delete([sequence.Value]);
        return AckResult.Deleted;
    }

    public bool Exists(Sequence sequence, Sequence high) => sequence.Value > 0 && sequence <= high && !IsGone(sequence);

    /// <summary>Deletes records, whoever holds them.</summary>
    public void Delete(IReadOnlyList<long> sequences)
    {
        WriteExamined();
        foreach (var sequence in sequences) Remove(sequence);
        _journal.Gone(sequences);
    }

    /// <summary>Takes a spent record out of everybody's reach, for as long as it is being moved.</summary>
    public void Bury(ClaimEntry entry)
    {
        _spent.Remove(_priorities.PlaceOf(entry.Sequence));
        entry.IsDying = true;
    }

    /// <summary>As the other, for any record that nobody holds, looked at before or not.</summary>
    /// <returns>Null when it is gone, held or out of reach already.</returns>
    public ClaimEntry? Bury(in RecordTerms terms)
    {
        var entry = EntryOf(new Sequence(terms.Sequence));
        if (IsGone(new Sequence(terms.Sequence)) || entry is { Claim: not null } or { IsDying: true }) return null;
        if (entry is null) _entries.Add(terms.Sequence, entry = new ClaimEntry(terms.Sequence, terms.VisibleAt, terms.ExpiresAt));
        _free.Remove(_priorities.PlaceOf(terms.Sequence));
        Bury(entry);
        return entry;
    }

    /// <summary>The record was not moved, if it is still there: it is as before.</summary>
    public void Exhume(ClaimEntry entry, RecordTime now)
    {
        if (!IsCurrent(entry)) return;
        entry.IsDying = false;
        if (entry.Sequence >= Frontier.Value)
        {
            _entries.Remove(entry.Sequence);
            return;
        }

        if (entry.VisibleAt > now) _times.AwaitDue(entry);
        else SetFreeAgain(entry);
        _times.AwaitExpiry(entry);
    }

    /// <summary>Retention has taken records before <paramref name="low"/>.</summary>
    public void TrimBelow(Sequence low)
    {
        if (Frontier < low) Frontier = low;
        if (low <= Low) return;
        if (low.Value - _gone.Low < _entries.Count)
        {
            for (var sequence = _gone.Low; sequence < low.Value; sequence = _gone.NextAbsent(sequence + 1)) Unlink(sequence);
        }
        else
        {
            foreach (var (sequence, _) in _entries)
                if (sequence < low.Value) Unlink(sequence);
        }

        _priorities.ForgetBelow(low.Value);
        _gone.RaiseLow(low.Value);
    }

    /// <summary>What claims say of a record; null when they say nothing: it is free and as it was posted.</summary>
    public ClaimEntry? EntryOf(Sequence sequence) => _entries.GetValueOrDefault(sequence.Value);

    /// <summary>Writes what was looked at or dropped since the last change; nothing is lost if it is not, only looked at again.</summary>
    public void WriteExamined() => _journal.Flush(Frontier.Value, IsCurrent);

    public void WriteSnapshot(IBufferWriter<byte> target)
    {
        // What is being moved and was never looked at is not known of after a restart.
        IReadOnlyCollection<ClaimEntry> entries = _entries.Values;
        if (_entries.Values.Any(entry => entry.Sequence >= Frontier.Value)) entries = [.. _entries.Values.Where(entry => entry.Sequence < Frontier.Value)];
        ClaimSnapshot.Write(target, Frontier.Value, _gone, entries, _claims.Values, _priorities.All);
    }

    public void ReadSnapshot(ReadOnlySpan<byte> source) => ClaimSnapshot.Read(source, this);

    /// <summary>Makes a change found in the journal.</summary>
    public void Apply(ReadOnlySpan<byte> change) => ClaimJournal.Apply(change, this);

    internal void RestoreGone(long sequence) => Remove(sequence);

    internal void RestoreGone(SequenceSet gone) => _gone = gone;

    internal void RestoreFrontier(long frontier)
    {
        Frontier = new Sequence(Math.Max(frontier, Frontier.Value));
        _journal.Frontier = Frontier.Value;
    }

    /// <summary>The claim as it is from this change on; it comes to life with the first entry it holds.</summary>
    internal LiveClaim RestoreClaim(ClaimId id, RecordTime at, TimeSpan timeout)
    {
        var claim = Find(id) ?? new LiveClaim(id, at, timeout);
        claim.At = at;
        claim.Timeout = timeout;
        _times.AwaitEnd(claim);
        return claim;
    }

    /// <summary>Puts an entry in place of the one there was: held by a claim, or free, perhaps not yet due.</summary>
    internal void RestoreEntry(ClaimEntry entry, LiveClaim? claim)
    {
        if (_gone.Contains(entry.Sequence)) return;
        Unlink(entry.Sequence);
        Add(entry);
        if (claim is not null) Hold(claim, entry);
        else if (entry.VisibleAt > RecordTime.None) _times.AwaitDue(entry);
        else SetFree(entry);
    }

    internal void RestorePriority(long sequence, int priority)
    {
        if (_gone.Contains(sequence)) return;
        var before = _priorities.PlaceOf(sequence);
        var (wasFree, wasSpent) = (_free.Remove(before), _spent.Remove(before));
        _priorities.Set(sequence, priority);
        if (wasFree) _free.Add(_priorities.PlaceOf(sequence));
        if (wasSpent) _spent.Add(_priorities.PlaceOf(sequence));
    }

    internal void RestoreReleased(ClaimId id)
    {
        if (Find(id) is { } claim) End(claim);
    }

    private void AwaitAnew()
    {
        _times.Clear();
        foreach (var entry in _entries.Values)
        {
            _times.AwaitExpiry(entry);
            if (entry.Claim is null && !entry.IsDying && !_free.Contains(_priorities.PlaceOf(entry.Sequence)) && !_spent.Contains(_priorities.PlaceOf(entry.Sequence))) _times.AwaitDue(entry);
        }

        foreach (var claim in _claims.Values) _times.AwaitEnd(claim);
    }

    private void Add(ClaimEntry entry)
    {
        _entries[entry.Sequence] = entry;
        _times.AwaitExpiry(entry);
    }

    private void Rank(in RecordTerms terms)
    {
        if (terms.Priority == 0) return;
        _priorities.Set(terms.Sequence, terms.Priority);
        _journal.Rank(terms.Sequence, terms.Priority);
    }

    private void SetFree(ClaimEntry entry) => (entry.Deliveries < deliveriesMax ? _free : _spent).Add(_priorities.PlaceOf(entry.Sequence));

    private void SetFreeAgain(ClaimEntry entry)
    {
        SetFree(entry);
        Freed++;
    }

    private void Hold(LiveClaim claim, ClaimEntry entry)
    {
        _claims[claim.Id] = claim;
        entry.Claim = claim;
        claim.Entries.Add(entry);
        Held++;
    }

    private void Prolong(ClaimEntry entry, RecordTime claimEnd, TimeSpan grace)
    {
        if (entry.ExpiresAt >= claimEnd) return;
        entry.ExpiresAt = claimEnd.Plus(grace);
        _times.AwaitExpiry(entry);
    }

    /// <summary>The entries are free again. None of them has expired before its claim ends, see <see cref="Prolong"/>, so each still waits for that.</summary>
    private void End(LiveClaim claim)
    {
        _claims.Remove(claim.Id);
        Held -= claim.Entries.Count;
        foreach (var entry in claim.Entries)
        {
            entry.Claim = null;
            SetFreeAgain(entry);
        }
    }

    /// <summary>A record is gone without anybody's doing: without a hurry to write that down.</summary>
    private void Drop(long sequence)
    {
        Remove(sequence);
        _journal.Drop(sequence);
    }

    private void Remove(long sequence)
    {
        Unlink(sequence);
        _priorities.Forget(sequence);
        _gone.Add(sequence);
    }

    private void Unlink(long sequence)
    {
        if (!_entries.Remove(sequence, out var entry)) return;
        _free.Remove(_priorities.PlaceOf(sequence));
        _spent.Remove(_priorities.PlaceOf(sequence));
        if (entry.Claim is not { } claim) return;
        claim.Entries.Remove(entry);
        entry.Claim = null;
        Held--;
        if (claim.Entries.Count == 0) _claims.Remove(claim.Id);
    }

    private bool IsCurrent(ClaimEntry entry) => EntryOf(new Sequence(entry.Sequence)) == entry;

    private bool IsCurrent(LiveClaim claim) => Find(claim.Id) == claim;
}
