using Mesh.Frames;

namespace Mesh.Addresses;

/// <summary>Reads of what an address names.</summary>
public static class FilteredReads
{
    /// <summary>Pages of the stream that one read looks at, at the most, each of the query's bytes: so much work and memory a read may cost, whatever it finds.</summary>
    private const int PagesMax = 16;

    /// <summary>
    /// Reads records that match. Whatever it finds, <see cref="RecordPage.Next"/> is where the same query goes on: a page may have few records or none although
    /// there are more, since only a bounded part of the stream is looked at. The end is reached when Next is beyond the watermarks.
    /// </summary>
    public static async ValueTask<RecordPage> ReadAsync(this AddressedStream stream, ReadQuery query, RecordFilter filter, CancellationToken cancel = default)
    {
        if (filter.IsAll) return await stream.Log.ReadAsync(query, cancel).ConfigureAwait(false);
        var kept = new List<BatchSlice>();
        var left = query.RecordsMax;
        for (var pages = 1; ; pages++)
        {
            var page = await stream.Log.ReadAsync(query with { RecordsMax = ReadQuery.RecordsLimit }, cancel).ConfigureAwait(false);
            var matching = filter.Of(page, left);
            kept.AddRange(matching.Slices.Select(slice => slice.CutOut()));
            left -= matching.Count;
            if (left == 0 || page.Count == 0 || pages == PagesMax || IsAtEnd(matching, query.Backwards))
                return new RecordPage(kept, matching.Next, page.LowWatermark, page.HighWatermark);
            query = query with { From = page.Next, FromTime = null };
        }
    }

    /// <summary>True when there is nothing to read at <see cref="RecordPage.Next"/> yet; backwards, ever.</summary>
    public static bool IsAtEnd(RecordPage page, bool backwards) => backwards ? page.Next < page.LowWatermark : page.Next > page.HighWatermark;
}
