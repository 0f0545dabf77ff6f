namespace Mesh;

/// <summary>
/// Records that are appended to their stream later, once or again and again. They are kept beside the stream, durable before the answer, and get their sequence and
/// time when they are due: no reader passes them by. Each is appended once, whatever dies in between. Thread-safe; storage failures come as
/// <see cref="StorageUnavailableException"/>.
/// </summary>
public interface ISchedules
{
    /// <summary>Appends scheduled at one time, of one project, beyond which some are appended later than they are due.</summary>
    const int DuePerBucketMax = 1_000_000;

    /// <summary>
    /// Schedules an append. A stream that does not exist when it is due is created then, but for a room: what comes to one that keeps no history is dropped, and so
    /// is what the stream will never take.
    /// </summary>
    /// <param name="target">The stream. Records of queues need this for <see cref="Due.Cron"/> alone: they have a delay of their own.</param>
    /// <param name="segment">What to append, made by <see cref="Frames.SegmentWriter"/>. Its bytes are copied before the call returns its task.</param>
    /// <param name="due">When. A time that is past is now.</param>
    /// <param name="dedupeId">Two calls with the same id within two minutes are one. At most <see cref="DedupeIdBytesMax"/> bytes; empty for none.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <exception cref="ArgumentException">The time is more than <see cref="HorizonMax"/> away, or the id is too long.</exception>
    ValueTask<ScheduleResult> AddAsync(StreamName target, ReadOnlyMemory<byte> segment, Due due, ReadOnlyMemory<byte> dedupeId = default, CancellationToken cancel = default);

    /// <summary>Takes a scheduled append back; of one that comes again and again, all that are still to come.</summary>
    /// <param name="project">The tenant.</param>
    /// <param name="id">Given when it was scheduled; for one that comes again and again the newest works as well.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>False when there is none, or it was appended already, or is just being appended.</returns>
    ValueTask<bool> CancelAsync(string project, ScheduledId id, CancellationToken cancel = default);

    /// <summary>What is still to come.</summary>
    /// <param name="project">The tenant.</param>
    /// <param name="after">The last one seen; default to begin.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>By the five minutes in which they are due, and within these in the order in which they were scheduled.</returns>
    ValueTask<IReadOnlyList<ScheduledAppend>> ListAsync(string project, ScheduledId after, int limit, CancellationToken cancel = default);

    /// <summary>The farthest future: ten years.</summary>
    static readonly TimeSpan HorizonMax = TimeSpan.FromDays(3653);

    const int DedupeIdBytesMax = 200;
}

/// <summary>When something is due.</summary>
public abstract record Due
{
    private Due()
    {
    }

    public sealed record At(RecordTime Time) : Due;

    /// <param name="Delay">From now on; from 0.</param>
    public sealed record After(TimeSpan Delay) : Due;

    /// <summary>Each time that the expression names, from now on. Times that pass while no process of the mesh runs are made up for by one append.</summary>
    public sealed record Cron(CronExpression Expression) : Due;
}

/// <summary>Names one scheduled append within its project. Written <c>bucket-sequence</c>.</summary>
/// <param name="Bucket">The five minutes in which it is due, counted from the Unix epoch.</param>
/// <param name="Sequence">Its place among what is due then.</param>
public readonly record struct ScheduledId(long Bucket, Sequence Sequence)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Bucket}-{Sequence.Value}");

    public static bool TryParse(ReadOnlySpan<char> text, out ScheduledId id)
    {
        id = default;
        var dash = text.IndexOf('-');
        if (dash < 0 || !IsNumber(text[..dash], out var bucket) || !IsNumber(text[(dash + 1)..], out var sequence)) return false;
        id = new ScheduledId(bucket, new Sequence(sequence));
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);
}

/// <summary>What became of scheduling an append.</summary>
public abstract record ScheduleResult
{
    private ScheduleResult()
    {
    }

    /// <summary>It is durable.</summary>
    /// <param name="Id">Its name.</param>
    /// <param name="DueAt">When it comes, for the first time.</param>
    public sealed record Scheduled(ScheduledId Id, RecordTime DueAt) : ScheduleResult;

    /// <summary>Nothing was kept, for the reason that an append would have been refused for.</summary>
    public sealed record Refused(AppendResult Reason) : ScheduleResult;
}

/// <summary>An append that is still to come.</summary>
/// <param name="Id">Its name.</param>
/// <param name="First">Its first name: another one only when it comes again and again and has come before.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="DueAt">When.</param>
/// <param name="Cron">How it comes again; null when it comes once.</param>
/// <param name="Segment">What is appended.</param>
public sealed record ScheduledAppend(ScheduledId Id, ScheduledId First, StreamName Target, RecordTime DueAt, string? Cron, ReadOnlyMemory<byte> Segment);
