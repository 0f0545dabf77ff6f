using System.Diagnostics;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Bench.Engine;

/// <summary>Callers that append the same segment again and again to streams of a mesh in this process, each with one append outstanding.</summary>
/// <param name="Streams">Rings appended to, in turn among the callers.</param>
/// <param name="Callers">Callers in all.</param>
/// <param name="RecordsPerSegment">Records of 100 bytes in each append.</param>
internal sealed record AppendLoad(int Streams, int Callers, int RecordsPerSegment)
{
    private const int BodyBytes = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public async Task<AppendFigures> RunAsync(ILogStore store, TimeSpan duration)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        using var commits = new CommitCounter();
        using var writer = new SegmentWriter();
        for (var i = 0; i < RecordsPerSegment; i++) writer.Add(default, new byte[BodyBytes]);
        var segment = writer.Finish();
        using var stop = new CancellationTokenSource();
        var counts = new Counter[Callers];
        var callers = counts.Select((_, i) => Task.Run(() => AppendAsync(mesh, i, segment, counts[i] = new Counter(), stop.Token))).ToArray();
        await Task.Delay(WarmUp);
        var before = (Records: Sum(counts), commits.Commits, Allocated: GC.GetTotalAllocatedBytes(), At: Stopwatch.GetTimestamp());
        await Task.Delay(duration);
        var seconds = Stopwatch.GetElapsedTime(before.At).TotalSeconds;
        var records = Sum(counts) - before.Records;
        var figures = new AppendFigures(
            records / seconds,
            records * BodyBytes / seconds / 1e6,
            (commits.Commits - before.Commits) / seconds,
            (GC.GetTotalAllocatedBytes() - before.Allocated) / (double)records);
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        return figures;
    }

    private static long Sum(Counter[] counts) => counts.Sum(each => each is null ? 0 : Volatile.Read(ref each.Records));

    private async Task AppendAsync(IMesh mesh, int caller, ReadOnlyMemory<byte> segment, Counter counter, CancellationToken stop)
    {
        var ring = mesh.Ring(StreamName.Ring($"ring-{caller % Streams}"));
        while (!stop.IsCancellationRequested)
        {
            if (await ring.AppendAsync(segment) is AppendResult.Appended) Volatile.Write(ref counter.Records, counter.Records + RecordsPerSegment);
            else await Task.Delay(1, CancellationToken.None);
        }
    }

    private sealed class Counter
    {
        public long Records;
    }
}

/// <summary>What an append load reached.</summary>
/// <param name="Records">Records made durable per second.</param>
/// <param name="Megabytes">Millions of bytes of their bodies per second.</param>
/// <param name="Commits">Transactions per second, each with its own sync to disk.</param>
/// <param name="AllocatedBytes">Bytes allocated by the process, caller included, for each record.</param>
internal sealed record AppendFigures(double Records, double Megabytes, double Commits, double AllocatedBytes);
