using Mesh.Engine.Commit;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Streams;

/// <summary>
/// The commits of one stream, as the pump takes them: who waits for the next one, the one that is under way, and what becomes of it. At most one is. Members
/// are called in a turn of the owner's, those of <see cref="ICommitSource"/> take one each.
/// </summary>
/// <param name="owner">The stream's owner.</param>
/// <param name="turn">Its turn.</param>
/// <param name="pump">Where the stream stands in line.</param>
internal sealed class CommitLine(StreamOwner owner, Lock turn, CommitPump pump) : ICommitSource
{
    private Handover? _underWay;
    private Handover? _spare;

    /// <summary>Who waits for the next commit.</summary>
    public Handover Waiting { get; private set; } = new();

    /// <summary>The stream stands in the pump's line, or has a commit under way.</summary>
    public bool IsEnlisted { get; private set; }

    public void Enlist()
    {
        if (IsEnlisted) return;
        IsEnlisted = true;
        pump.Enlist(this);
    }

    /// <summary>An answer that is given when everything done so far is durable.</summary>
    public ValueTask<T> AfterCommit<T>(T answer)
    {
        var ticket = CommitTicket<T>.Rent(answer);
        Waiting.Add(ticket);
        Enlist();
        return ticket.Task;
    }

    /// <summary>Refuses all that waits for the next commit.</summary>
    public void Refuse(Exception reason)
    {
        pump.Release(Waiting.Bytes);
        Waiting.Fail(reason);
        Waiting.Reset();
    }

    StreamCommit? ICommitSource.TakeCommit()
    {
        lock (turn)
        {
            var commit = owner.BuildCommit(this);
            if (commit is null)
            {
                Waiting.Succeed();
                Waiting.Reset();
                IsEnlisted = false;
                return null;
            }

            _underWay = Waiting;
            _underWay.Stream = owner.Stream;
            _underWay.JournalNumber = commit.Journal?.Number ?? 0;
            Waiting = _spare ?? new Handover();
            _spare = null;
            return commit;
        }
    }

    CommitTally ICommitSource.EndCommit(CommitOutcome outcome)
    {
        Handover ended;
        CommitTally tally = default;
        lock (turn)
        {
            ended = TakeUnderWay();
            var isCurrent = ended.Stream == owner.Stream && owner.IsOpen;
            if (isCurrent && outcome == CommitOutcome.Fenced) owner.OnFenced();
            else if (isCurrent) tally = owner.ShowCommitted(ended.Appends);
            var trimsOn = isCurrent && outcome == CommitOutcome.TrimUnfinished;
            if (trimsOn) owner.Stream!.TrimOn();
            EnlistAgain(trimsOn && !pump.IsEnding);
        }

        if (outcome == CommitOutcome.Fenced) ended.Fail(new StreamFencedException(owner.Name));
        else ended.Succeed();
        Recycle(ended);
        return tally;
    }

    void ICommitSource.FailCommit(Exception reason)
    {
        Handover ended;
        Sequence next;
        lock (turn)
        {
            ended = TakeUnderWay();
            next = ended.Stream!.Log.AfterSealed.Next;
            if (ended.Stream == owner.Stream) owner.StepDown(Refusal(reason));
            EnlistAgain(hasMore: false);
        }

        if (reason is CommitOutcomeUnknownException) _ = ResolveAsync(ended, next, reason);
        else Refuse(ended, reason);
    }

    void ICommitSource.Uncache(Sequence through)
    {
        lock (turn) owner.Stream?.Log.Cache.DropThrough(through);
    }

    /// <summary>After a lost answer: raising the token waits for the transaction to end, and what is stored then tells how it ended.</summary>
    private async Task ResolveAsync(Handover ended, Sequence next, Exception reason)
    {
        var before = ended.Stream!.Opened;
        OpenedStream? after;
        try
        {
            after = await owner.ReopenAsync();
        }
        catch (Exception)
        {
            // Still away: nobody can say how it ended, and the caller is told so.
            Refuse(ended, reason);
            return;
        }

        var isStored = after is not null
            && after.Entry.Number == before.Entry.Number
            && after.Token.Value == before.Token.Value + 1
            && after.Next >= next
            && after.JournalNumber >= ended.JournalNumber;
        if (!isStored)
        {
            Refuse(ended, reason);
            return;
        }

        ended.Succeed();
        Recycle(ended);
    }

    private void EnlistAgain(bool hasMore)
    {
        IsEnlisted = false;
        if (hasMore || !Waiting.IsEmpty) Enlist();
    }

    private Handover TakeUnderWay()
    {
        var ended = _underWay!;
        _underWay = null;
        pump.Release(ended.Bytes);
        return ended;
    }

    private void Refuse(Handover ended, Exception reason)
    {
        ended.Fail(Refusal(reason));
        Recycle(ended);
    }

    private void Recycle(Handover ended)
    {
        ended.Reset();
        lock (turn) _spare = ended;
    }

    private static StorageUnavailableException Refusal(Exception reason) => reason as StorageUnavailableException ?? new StorageUnavailableException(
        $"The commit failed: {reason.Message} Whether it is stored is not known; repeat the request with the same dedupe id.", reason);
}
