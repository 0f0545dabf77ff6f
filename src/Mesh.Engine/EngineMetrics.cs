using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mesh.Engine;

/// <summary>What the engine counts, on the meter <c>Mesh</c>. Counted once a commit, never once a record.</summary>
public static class EngineMetrics
{
    private static readonly Meter Meter = new("Mesh");

    private static readonly Counter<long> Appends = Meter.CreateCounter<long>("mesh.appends", "{append}", "Appends acknowledged.");
    private static readonly Counter<long> Records = Meter.CreateCounter<long>("mesh.records", "{record}", "Records made durable.");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("mesh.bytes", "By", "Bytes of batches made durable.");
    private static readonly Histogram<long> CommitStreams = Meter.CreateHistogram<long>("mesh.commit.streams", "{stream}", "Streams in one transaction.");
    private static readonly Histogram<long> CommitBytes = Meter.CreateHistogram<long>("mesh.commit.size", "By", "Bytes of batches in one transaction.");
    private static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram<double>("mesh.commit.duration", "s", "Time of one transaction.");
    private static readonly Counter<long> CommitFailures = Meter.CreateCounter<long>("mesh.commit.failures", "{commit}", "Transactions that failed.");
    private static readonly Counter<long> Fenced = Meter.CreateCounter<long>("mesh.streams.fenced", "{stream}", "Streams refused because another owner has them.");
    private static readonly Counter<long> Damaged = Meter.CreateCounter<long>("mesh.batches.damaged", "{batch}", "Stored batches skipped because their bytes are damaged.");
    private static readonly Counter<long> FailedMoves = Meter.CreateCounter<long>("mesh.deadletters.failures", "{attempt}", "Attempts to move dead letters that failed; the next claim tries again.");

    /// <summary>Claims held now, over all queues of the process.</summary>
    public static readonly UpDownCounter<long> ClaimsHeld = Meter.CreateUpDownCounter<long>("mesh.claims.held", "{claim}", "Live claims.");

    internal static void OnCommit(int streams, long appends, long records, long bytes, long startedAt)
    {
        Appends.Add(appends);
        Records.Add(records);
        Bytes.Add(bytes);
        CommitStreams.Record(streams);
        CommitBytes.Record(bytes);
        CommitSeconds.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds);
    }

    internal static void OnCommitFailed() => CommitFailures.Add(1);

    internal static void OnFenced() => Fenced.Add(1);

    internal static void OnMoveFailed() => FailedMoves.Add(1);

    internal static void OnDamaged() => Damaged.Add(1);
}
