using Mesh.Engine.Time;

namespace Mesh.Engine.Schedules;

/// <summary>Takes what is due out of one queue of scheduled appends, and appends it. Not thread-safe.</summary>
/// <param name="mesh">Where the queue is, and the streams.</param>
/// <param name="book">Puts what comes again into its next queue.</param>
/// <param name="clock">The process's clock.</param>
/// <param name="warn">Told of what no stream will ever take: one sentence.</param>
/// <param name="name">The queue.</param>
internal sealed class ScheduleRound(IMesh mesh, ScheduleBook book, SteadyClock clock, Action<string> warn, StreamName name)
{
    private const int ClaimMax = 500;

    /// <summary>How long what a stream did not take waits to be tried again.</summary>
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<StreamName, List<Sequence>> _settled = [];
    private readonly string _project = Buckets.Read(name).Project;
    private readonly long _bucket = Buckets.Read(name).Bucket;

    private IQueue Queue => mesh.Queue(name);

    /// <summary>Appends what is due, again and again, until nothing has happened for a while.</summary>
    /// <param name="timeout">How long.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task RunAsync(TimeSpan timeout, CancellationToken stop)
    {
        var seen = await Queue.WaitChangeAsync(0, TimeSpan.Zero, stop);
        while (true)
        {
            while (await TryAppendAsync(stop))
            {
            }

            var changed = await Queue.WaitChangeAsync(seen, timeout, stop);
            if (changed == seen) return;
            seen = changed;
        }
    }

    /// <returns>False when nothing is due.</returns>
    private async Task<bool> TryAppendAsync(CancellationToken stop)
    {
        var claim = await Queue.ClaimAsync(ClaimMax, new ClaimTerms(ScheduleRunner.ClaimTime, TimeSpan.Zero), stop);
        if (claim.Id is not { } id || claim.Page.Stream is not { } source) return false;
        var due = ScheduledPages.Read(claim.Page.Records, _project);
        due.Sort((left, right) => (left.Form.DueAt, left.Sequence).CompareTo((right.Form.DueAt, right.Sequence)));
        var appended = await AppendAsync(source, due);
        var done = new List<Sequence>(due.Count);
        foreach (var (sequence, form) in due)
            if (appended.Contains(sequence) && await ComeAgainAsync(source, sequence, form)) done.Add(sequence);
        await Queue.DeleteAsync(done, stop);
        Settle(due, done);
        if (done.Count == due.Count) return true;
        await Task.Delay(BusyWait, clock.Source, stop);
        await Queue.ReleaseAsync(id, stop);
        return true;
    }

    /// <summary>All at once, those of one stream in the order of their times.</summary>
    /// <returns>Those that need not be tried again.</returns>
    private async Task<HashSet<Sequence>> AppendAsync(StreamNumber source, List<(Sequence Sequence, ScheduledForm Form)> due)
    {
        var told = new HashSet<StreamName>();
        var appends = due.ConvertAll(each =>
        {
            var settled = told.Add(each.Form.Target) ? TakeSettled(each.Form.Target) : [];
            var options = new AppendOptions { Origin = new MoveOrigin(source, each.Sequence, settled), DedupeId = each.Form.Cron is null ? each.Form.DedupeId : default };
            return (each.Sequence, Result: mesh.Log(each.Form.Target).AppendAsync(each.Form.Segment, options).AsTask());
        });
        await Task.WhenAll(appends.Select(each => each.Result));
        foreach (var (sequence, result) in appends)
            if (result.Result is not (AppendResult.Appended or AppendResult.Duplicate or AppendResult.Busy)) Refuse(due.Find(each => each.Sequence == sequence).Form, result.Result);
        return appends.Where(each => each.Result.Result is not AppendResult.Busy).Select(each => each.Sequence).ToHashSet();
    }

    private void Refuse(ScheduledForm form, AppendResult result) =>
        warn($"{form.Target} does not take what was scheduled for {form.DueAt.ToDateTimeOffset():u} ({result.GetType().Name}); it is dropped.");

    /// <summary>What comes again is put into the queue of its next time before it is deleted here; a repeat of that is known by where it comes from.</summary>
    private async Task<bool> ComeAgainAsync(StreamNumber source, Sequence sequence, ScheduledForm form)
    {
        var now = clock.Now();
        if (form.After(now, new ScheduledId(_bucket, sequence)) is not { } next) return true;
        return await book.AddAsync(next, now, new AppendOptions { Origin = new MoveOrigin(source, sequence, []) }) is ScheduleResult.Scheduled;
    }

    private List<Sequence> TakeSettled(StreamName target) => _settled.Remove(target, out var settled) ? settled : [];

    /// <summary>Told with the next append to the same stream: what is gone here never comes again.</summary>
    private void Settle(List<(Sequence Sequence, ScheduledForm Form)> due, List<Sequence> done)
    {
        var gone = done.ToHashSet();
        foreach (var (sequence, form) in due)
        {
            if (!gone.Contains(sequence)) continue;
            if (!_settled.TryGetValue(form.Target, out var settled)) _settled[form.Target] = settled = [];
            settled.Add(sequence);
        }
    }
}
