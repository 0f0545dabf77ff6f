using Mesh.Addresses;
using Mesh.Protocols.Http.MeshV1.Records;

namespace Mesh.Protocols.Http.MeshV1.Tails;

/// <summary>Follows what an address names: Server-Sent Events, or a WebSocket where the request is to upgrade to one. Thread-safe.</summary>
internal sealed class TailResource(Waits waits)
{
    /// <summary>After so long without a record something is sent: so a client that is gone is noticed, and a proxy keeps the connection.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private const int LastMax = 10_000;
    private const string LastEventId = "Last-Event-ID";

    public async Task GetAsync(V1Request request)
    {
        var stream = request.Stream;
        var query = new V1Query(request.Http.Query, "from", "time", "last", "key", "tag.");
        var filter = query.Filter(stream.Key);
        await RecordsResource.RequireHistoryAsync(stream, request.Aborted).ConfigureAwait(false);
        var from = await StartAsync(request, stream, query, filter).ConfigureAwait(false);
        if (!waits.TryEnter()) throw RecordsResource.TooManyWait();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, waits.Stopping);
        try
        {
            var cursor = new TailCursor(stream, filter, from);
            if (SocketUpgrade.IsAsked(request.Http)) await SocketUpgrade.HandleAsync(request.Context, context => SocketTail.RunAsync(context, cursor, end.Token)).ConfigureAwait(false);
            else await EventTail.RunAsync(request.Response, cursor, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            // The client comes again, to whoever is there then.
        }
        finally
        {
            waits.Leave();
        }
    }

    /// <summary>The first sequence wanted: behind the last event seen, or as the query says, or what comes from now on.</summary>
    private static async ValueTask<Sequence> StartAsync(V1Request request, AddressedStream stream, V1Query query, RecordFilter filter)
    {
        var (from, time, last) = (query.Number("from", 1, long.MaxValue - 1), query.Text("time"), query.Number("last", 1, LastMax));
        if ((from is null ? 0 : 1) + (time is null ? 0 : 1) + (last is null ? 0 : 1) > 1) throw V1Refusal.Invalid("from, time and last exclude each other: give one of them.");
        if (request.Http.Headers[LastEventId].ToString() is { Length: > 0 } seen) return RecordsResource.SequenceOf(seen).Next();
        if (from is { } first) return new Sequence(first);
        if (time is not null)
        {
            if (!V1Text.TryTime(time, out var since)) throw V1Refusal.Invalid($"time is RFC 3339, such as 2030-01-31T12:00:00Z, or microseconds since 1970; it is '{time}'.");
            return FirstOf(await stream.Log.ReadAsync(new ReadQuery { FromTime = since, RecordsMax = 1 }, request.Aborted).ConfigureAwait(false));
        }

        if (last is not { } count) return (await stream.Log.StateAsync(request.Aborted).ConfigureAwait(false)).HighWatermark.Next();
        var page = await stream.ReadAsync(ReadQuery.Last((int)count), filter, request.Aborted).ConfigureAwait(false);
        return FirstOf(new RecordPage([.. page.Slices.Reverse()], page.Next, page.LowWatermark, page.HighWatermark));
    }

    private static Sequence FirstOf(RecordPage page)
    {
        foreach (var record in page) return record.Sequence;
        return page.HighWatermark.Next();
    }
}
