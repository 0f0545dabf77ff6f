using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Bench.Engine;

/// <summary>Fills a store before it is measured.</summary>
internal static class Fill
{
    private const int SegmentRecords = 1000;
    private const int AppendsInFlight = 256;

    /// <summary>Name of a ring as redis-benchmark writes it for a random number.</summary>
    public static string RingName(int number) => $"ring:{number:000000000000}";

    /// <summary>Many rings of one record each.</summary>
    public static async Task StreamsAsync(ILogStore store, int streams)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        using var writer = Segment(1);
        var segment = writer.Finish();
        await Parallel.ForAsync(0, streams, new ParallelOptions { MaxDegreeOfParallelism = AppendsInFlight }, async (i, _) =>
            await AppendAsync(mesh.Ring(StreamName.Ring(RingName(i))), segment));
    }

    /// <summary>One ring of many records of 100 bytes.</summary>
    public static async Task RingAsync(ILogStore store, int records)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        await RecordsAsync(mesh.Ring(StreamName.Ring(RingName(0))), records);
    }

    /// <summary>Records of 100 bytes, in segments of 1,000.</summary>
    public static async Task RecordsAsync(IStreamLog log, int records)
    {
        using var writer = Segment(SegmentRecords);
        var segment = writer.Finish();
        await Parallel.ForAsync(0, records / SegmentRecords, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) => await AppendAsync(log, segment));
    }

    private static SegmentWriter Segment(int records)
    {
        var writer = new SegmentWriter();
        var fields = new RecordFields { ContentType = ContentType.RespFields };
        var body = Load.RespMessage.Command("field", new string('x', 100));
        for (var i = 0; i < records; i++) writer.Add(fields, body);
        return writer;
    }

    private static async Task AppendAsync(IStreamLog log, ReadOnlyMemory<byte> segment)
    {
        while (await log.AppendAsync(segment) is not AppendResult.Appended) await Task.Delay(1);
    }
}
