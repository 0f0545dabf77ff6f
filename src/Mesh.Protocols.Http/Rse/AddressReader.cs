using Mesh.Addresses;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse;

/// <summary>
/// Reads any stream by its address as if it were a channel: <c>/mesh:ring:55</c>, <c>/mesh:topic:metrics.cpu</c>. An event's id is its record's time, so that
/// <c>last-known-id</c> and <c>wait</c> work as ever. A tree of channels cannot have such a name read through it: <c>mesh:</c> at its start means this. Thread-safe.
/// </summary>
internal sealed class AddressReader(AddressResolver resolver, RseReader reader, Waits waits, TimeProvider clock)
{
    /// <summary>What a path begins with that names a stream by its address.</summary>
    public const string Prefix = "/mesh:";

    /// <summary>Answers a read.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">In normal form, beginning with <see cref="Prefix"/>.</param>
    /// <param name="query">Its parameters; <c>events</c> and <c>echo</c> mean nothing here.</param>
    public async Task ReadAsync(HttpContext context, string path, RseQuery query)
    {
        if (!StreamAddress.TryParse(Uri.UnescapeDataString(path[Prefix.Length..]), out var address, out var fault)) await FailAsync(context, fault).ConfigureAwait(false);
        else if (query.NumberFault is { } number) await FailAsync(context, number).ConfigureAwait(false);
        else if (!query.IsCallbackValid) await RseAnswers.FailAsync(context.Response, RseAnswers.InvalidCallback).ConfigureAwait(false);
        else await ReadAsync(context, path, query, resolver.Resolve(address)).ConfigureAwait(false);
    }

    private static Task FailAsync(HttpContext context, string fault) => RseAnswers.FailAsync(context.Response, RseAnswers.Refusal(fault));

    private async Task ReadAsync(HttpContext context, string path, RseQuery query, AddressedStream stream)
    {
        var filter = new RecordFilter(stream.Key, null, []);
        var wanted = new ReadQuery { FromTime = query.After.Plus(1), RecordsMax = query.EventsLimit };
        if (query.Descending) wanted = ReadQuery.Last(query.EventsLimit);
        var page = await stream.ReadAsync(wanted, filter, context.RequestAborted).ConfigureAwait(false);
        if (query.Descending) page = After(page, query.After);
        if (page.Count == 0 && query.Wait > TimeSpan.Zero && !query.Descending)
        {
            if (!waits.TryEnter())
            {
                await RseAnswers.FailAsync(context.Response, RseAnswers.TooManyWait).ConfigureAwait(false);
                return;
            }

            try
            {
                page = await WaitAsync(context, stream, wanted, filter, page, query.Wait).ConfigureAwait(false);
            }
            finally
            {
                waits.Leave();
            }
        }

        await reader.AnswerAsync(context, path, query.Callback, page).ConfigureAwait(false);
    }

    private async ValueTask<RecordPage> WaitAsync(HttpContext context, AddressedStream stream, ReadQuery wanted, RecordFilter filter, RecordPage page, TimeSpan wait)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, waits.Stopping);
        try
        {
            for (var since = clock.GetTimestamp(); page.Count == 0;)
            {
                var left = wait - clock.GetElapsedTime(since);
                if (FilteredReads.IsAtEnd(page, backwards: false) && (left <= TimeSpan.Zero || !await stream.Log.WaitAsync(page.Next, left, end.Token).ConfigureAwait(false))) break;
                page = await stream.ReadAsync(wanted with { From = page.Next, FromTime = null }, filter, end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // The client asks again, whoever is there then.
        }

        return page;
    }

    /// <summary>Those of a page that was read backwards that are later than a time.</summary>
    private static RecordPage After(RecordPage page, RecordTime time)
    {
        var kept = 0;
        foreach (var record in page)
        {
            if (record.Time <= time) break;
            kept++;
        }

        return new RecordPage([.. page.Slices.Take(kept)], page.Next, page.LowWatermark, page.HighWatermark);
    }
}
