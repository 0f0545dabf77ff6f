using Mesh.Engine.Time;

namespace Mesh.Engine.Schedules;

/// <summary>The schedules of a mesh, kept in queues of its own (<see cref="Buckets"/>); a <see cref="ScheduleRunner"/> appends what is due. Thread-safe.</summary>
/// <param name="mesh">Where streams and queues are.</param>
/// <param name="clock">The process's clock.</param>
public sealed class ScheduleBook(IMesh mesh, SteadyClock clock) : ISchedules
{
    private const int LimitMax = 1000;

    /// <summary>Told which queue something was put into, so that a runner in this process need not look for it.</summary>
    internal Action<StreamName> OnAdded { get; set; } = static _ => { };

    public async ValueTask<ScheduleResult> AddAsync(
        StreamName target, ReadOnlyMemory<byte> segment, Due due, ReadOnlyMemory<byte> dedupeId = default, CancellationToken cancel = default)
    {
        Check(dedupeId);
        var now = clock.Now();
        var form = new ScheduledForm(target, DueAt(due, now), (due as Due.Cron)?.Expression, null, dedupeId, segment);
        return await AddAsync(form, now, new AppendOptions { DedupeId = dedupeId });
    }

    public async ValueTask<bool> CancelAsync(string project, ScheduledId id, CancellationToken cancel = default)
    {
        var queue = mesh.Queue(Buckets.NameOf(id.Bucket, project));
        if (await TryCancelAsync(queue, id.Sequence, cancel) is { } cancelled) return cancelled;
        while (await FindSuccessorAsync(project, id, cancel) is { } successor)
            if (await TryCancelAsync(mesh.Queue(Buckets.NameOf(successor.Bucket, project)), successor.Sequence, cancel) is true) return true;
        return false;
    }

    public async ValueTask<IReadOnlyList<ScheduledAppend>> ListAsync(string project, ScheduledId after, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        var found = new List<ScheduledAppend>();
        await foreach (var each in AllAsync(project, after, cancel))
        {
            found.Add(each);
            if (found.Count == limit) break;
        }

        return found;
    }

    /// <summary>Puts an append into the queue of the time when it is due.</summary>
    internal async ValueTask<ScheduleResult> AddAsync(ScheduledForm form, RecordTime now, AppendOptions options)
    {
        var bucket = Buckets.Of(form.DueAt);
        var name = Buckets.NameOf(bucket, form.Target.Project);
        var result = await mesh.Queue(name).AppendAsync(form.Write(now), options);
        OnAdded(name);
        return result switch
        {
            AppendResult.Appended appended => new ScheduleResult.Scheduled(new ScheduledId(bucket, appended.First), form.DueAt),
            AppendResult.Duplicate known => new ScheduleResult.Scheduled(new ScheduledId(bucket, known.First), form.DueAt),
            _ => new ScheduleResult.Refused(result),
        };
    }

    private static void Check(ReadOnlyMemory<byte> dedupeId)
    {
        if (dedupeId.Length > ISchedules.DedupeIdBytesMax)
            throw new ArgumentException($"The dedupe id of a scheduled append has at most {ISchedules.DedupeIdBytesMax} bytes; this one has {dedupeId.Length}.", nameof(dedupeId));
    }

    private static RecordTime DueAt(Due due, RecordTime now)
    {
        var horizon = now.Plus(ISchedules.HorizonMax);
        var at = due switch
        {
            Due.At(var time) => time,
            Due.After(var delay) when delay < TimeSpan.Zero => throw new ArgumentException($"A delay is not negative; this one is {delay}.", nameof(due)),
            Due.After(var delay) => delay <= ISchedules.HorizonMax ? now.Plus(delay) : RecordTime.Max,
            Due.Cron(var cron) => cron.After(now.ToDateTimeOffset()) is { } next ? RecordTime.From(next) : RecordTime.Max,
            _ => throw new ArgumentException($"There is no {due.GetType().Name}.", nameof(due)),
        };
        if (at > horizon) throw new ArgumentException($"An append is scheduled for at most {ISchedules.HorizonMax.TotalDays:0} days from now.", nameof(due));
        return at > now ? at : now;
    }

    /// <returns>Null when there is no such record (any more).</returns>
    private static async ValueTask<bool?> TryCancelAsync(IQueue queue, Sequence sequence, CancellationToken cancel)
    {
        while (true)
        {
            var seen = await queue.WaitChangeAsync(0, TimeSpan.Zero, cancel);
            var page = await queue.GetAsync([sequence], cancel);
            if (page.Records.Count == 0) return null;
            if (await queue.AckAsync(sequence, null, cancel) == AckResult.Deleted) return true;

            // It is just being appended. What comes once is gone then; what comes again is gone too, and has a successor.
            if (Single(page).Cron is null) return false;
            await queue.WaitChangeAsync(seen, ScheduleRunner.ClaimTime, cancel);
        }
    }

    private static ScheduledForm Single(QueuePage page)
    {
        foreach (var record in page.Records) return ScheduledForm.Read(record, "");
        throw new InvalidOperationException("The page is empty.");
    }

    private async ValueTask<ScheduledId?> FindSuccessorAsync(string project, ScheduledId id, CancellationToken cancel)
    {
        await foreach (var each in AllAsync(project, default, cancel))
            if (each.First == id && each.Id != id) return each.Id;
        return null;
    }

    private async IAsyncEnumerable<ScheduledAppend> AllAsync(string project, ScheduledId after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (bucket, sequence) = after;
        for (var name = bucket > 0 ? Buckets.NameOf(bucket - 1, "\uffff").Name : ""; ;)
        {
            var entries = await mesh.Catalogue.ListAsync(Buckets.Project, StreamKind.Queue, name, LimitMax, cancel);
            foreach (var entry in entries)
            {
                var (at, owner) = Buckets.Read(entry.Name);
                if (owner != project) continue;
                await foreach (var each in OfQueueAsync(entry.Name, at == bucket ? sequence : Sequence.None, cancel)) yield return each;
            }

            if (entries.Count < LimitMax) yield break;
            name = entries[^1].Name.Name;
        }
    }

    private async IAsyncEnumerable<ScheduledAppend> OfQueueAsync(StreamName name, Sequence after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (bucket, project) = Buckets.Read(name);
        while (true)
        {
            var page = await mesh.Queue(name).ListAsync(new QueueQuery { After = after, RecordsMax = LimitMax, IncludeClaimed = true, IncludeDelayed = true }, cancel);
            if (page.Records.Count == 0) yield break;
            foreach (var (sequence, form) in ScheduledPages.Read(page.Records, project))
            {
                after = sequence;
                var id = new ScheduledId(bucket, sequence);
                yield return new ScheduledAppend(id, form.First ?? id, form.Target, form.DueAt, form.Cron?.Text, form.Segment);
            }
        }
    }
}
