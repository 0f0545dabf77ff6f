using System.Diagnostics;

namespace Mesh.Protocols.Http.Rse.Health;

/// <summary>What the report tells of storage when it is asked to: how fast it answers, and whether all that it holds can be read.</summary>
internal static class StorageCheck
{
    /// <summary>Look-ups that are timed.</summary>
    public const int Lookups = 20;

    /// <summary>Events read at the most; the check ends with the tree that reaches so many.</summary>
    public const int EventsMax = 100_000;

    /// <returns>Milliseconds of each look-up, sorted.</returns>
    public static async Task<double[]> TimeAsync(IMesh mesh, CancellationToken cancel)
    {
        var millis = new double[Lookups];
        for (var i = 0; i < Lookups; i++)
        {
            var since = Stopwatch.GetTimestamp();
            await mesh.Catalogue.FindAsync(RseHealth.Probe, cancel).ConfigureAwait(false);
            millis[i] = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        }

        Array.Sort(millis);
        return millis;
    }

    /// <summary>Reads events, whose checksums are checked on the way. A damaged batch is passed over, and leaves a gap.</summary>
    public static async Task<(long Read, long Missing)> ReadAllAsync(IMesh mesh, CancellationToken cancel)
    {
        var (read, missing) = (0L, 0L);
        await foreach (var tree in TreeNames.AllAsync(mesh.Catalogue, cancel).ConfigureAwait(false))
        {
            var query = new ReadQuery();
            RecordPage page;
            var expected = Sequence.None;
            do
            {
                page = await mesh.Channel(tree).ReadAsync(query, cancel).ConfigureAwait(false);
                foreach (var record in page)
                {
                    // What retention takes during the walk is not missing.
                    var from = expected == Sequence.None || expected < page.LowWatermark ? page.LowWatermark : expected;
                    missing += Math.Max(0, record.Sequence.Value - from.Value);
                    expected = record.Sequence.Next();
                    read++;
                }

                query = query with { From = page.Next };
            }
            while (page.Next <= page.HighWatermark);
            if (read >= EventsMax) break;
        }

        return (read, missing);
    }
}
