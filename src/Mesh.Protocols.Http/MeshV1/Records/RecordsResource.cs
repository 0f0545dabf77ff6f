using System.Text.Json;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Http.MeshV1.CloudEvents;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>Reads records of what an address names, in JSON. Thread-safe.</summary>
internal sealed class RecordsResource(Waits waits, TimeProvider clock)
{
    private const int RecordsDefault = 100;
    private const int RecordsMax = 10_000;

    /// <summary>The last records have no page after them: as many as come, up to this.</summary>
    private const int LastBytesMax = 16 * 1024 * 1024;
    private const int UnflushedBytesMax = 64 * 1024;

    public async Task GetAsync(V1Request request)
    {
        var stream = request.Stream;
        var query = new V1Query(request.Http.Query, "from", "time", "last", "limit", "order", "key", "tag.", "wait");
        var wanted = ReadQuery(query);
        var page = await FindAsync(request, stream, wanted, query.Filter(stream.Key), query.Wait()).ConfigureAwait(false);

        // The last records are read from the end and shown from the oldest on, as everything else.
        if (query.Text("last") is not null) page = Turned(page);
        if (Accepts(request, CloudEventJson.BatchMediaType)) await SendEventsAsync(request, stream.Stream, page).ConfigureAwait(false);
        else await SendAsync(request, page).ConfigureAwait(false);
    }

    /// <summary>One record, as the resource that it is: its body under its type, and everything else in headers.</summary>
    public async Task GetOneAsync(V1Request request)
    {
        var stream = request.Stream;
        var sequence = SequenceOf(request.Segments[3]);
        var asEvent = IsEventAsked(new V1Query(request.Http.Query, "as"));
        var page = await stream.ReadAsync(new ReadQuery { From = sequence, RecordsMax = 1 }, new RecordFilter(stream.Key, null, []), request.Aborted).ConfigureAwait(false);
        foreach (var record in page)
        {
            if (record.Sequence != sequence) break;
            if (Accepts(request, CloudEventJson.MediaType)) WriteEvent(request.Response, record, stream.Stream);
            else if (asEvent) CloudEventHeaders.Write(request.Response, record, stream.Stream);
            else RecordHeaders.Write(request.Response, record);
            await request.Response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
            return;
        }

        throw V1Refusal.NotFound($"{stream.Address} has no record {sequence}; it may have been trimmed or deleted.");
    }

    /// <exception cref="V1Refusal">It is no sequence.</exception>
    public static Sequence SequenceOf(string text) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= 1
            ? new Sequence(number)
            : throw V1Refusal.Invalid($"A sequence is a whole number from 1 on; this is '{text}'.");

    /// <summary>A stream that does not exist reads as empty; of a room that says more than is known.</summary>
    /// <exception cref="V1Refusal">It is a room that keeps nothing.</exception>
    public static async ValueTask RequireHistoryAsync(AddressedStream stream, CancellationToken cancel)
    {
        if (await stream.KeepsHistoryAsync(cancel).ConfigureAwait(false)) return;
        throw new V1Refusal(
            StatusCodes.Status409Conflict, "no-history", $"{stream.Address} keeps no history: its messages go to whoever listens when they come. Create it with PUT, and it keeps them from then on.");
    }

    public static V1Refusal TooManyWait() =>
        new(StatusCodes.Status429TooManyRequests, "busy", "So many requests wait for records that no more can. Try again later, or ask without waiting.", TimeSpan.FromSeconds(1));

    private static ReadQuery ReadQuery(V1Query query)
    {
        var (from, time, last) = (query.Number("from", 1, long.MaxValue), query.Text("time"), query.Number("last", 1, RecordsMax));
        if ((from is null ? 0 : 1) + (time is null ? 0 : 1) + (last is null ? 0 : 1) > 1) throw V1Refusal.Invalid("from, time and last exclude each other: give one of them.");
        var limit = (int)(query.Number("limit", 1, RecordsMax) ?? RecordsDefault);
        var backwards = query.Text("order") switch
        {
            null or "asc" => false,
            "desc" => true,
            var order => throw V1Refusal.Invalid($"order must be asc or desc; it is '{order}'."),
        };
        if (last is { } count)
        {
            if (backwards || query.Text("limit") is not null) throw V1Refusal.Invalid("last goes with neither limit nor order: it says how many, and they come oldest first.");
            return Mesh.ReadQuery.Last((int)count) with { BytesMax = LastBytesMax };
        }

        RecordTime? since = null;
        if (time is not null)
            since = V1Text.TryTime(time, out var parsed) ? parsed : throw V1Refusal.Invalid($"time is RFC 3339, such as 2030-01-31T12:00:00Z, or microseconds since 1970; it is '{time}'.");
        return new ReadQuery { From = from is { } first ? new Sequence(first) : backwards ? Sequence.Max : Sequence.First, FromTime = since, RecordsMax = limit, Backwards = backwards };
    }

    /// <summary>Reads, and waits when there is nothing yet.</summary>
    private async ValueTask<RecordPage> FindAsync(V1Request request, AddressedStream stream, ReadQuery query, RecordFilter filter, TimeSpan wait)
    {
        var page = await stream.ReadAsync(query, filter, request.Aborted).ConfigureAwait(false);
        if (page.HighWatermark == Sequence.None) await RequireHistoryAsync(stream, request.Aborted).ConfigureAwait(false);
        if (page.Count > 0 || wait == TimeSpan.Zero || query.Backwards) return page;
        if (!waits.TryEnter()) throw TooManyWait();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, waits.Stopping);
        try
        {
            for (var since = clock.GetTimestamp(); page.Count == 0;)
            {
                var left = wait - clock.GetElapsedTime(since);
                var isMore = !FilteredReads.IsAtEnd(page, backwards: false);
                if (!isMore && (left <= TimeSpan.Zero || !await stream.Log.WaitAsync(page.Next, left, end.Token).ConfigureAwait(false))) return page;

                // Asked for by time, the page says where to go on.
                query = query with { From = page.Next, FromTime = null };
                page = await stream.ReadAsync(query, filter, end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            // The server stops; the client comes again, to whoever is there then.
        }
        finally
        {
            waits.Leave();
        }

        return page;
    }

    private static RecordPage Turned(RecordPage page) => new([.. page.Slices.Reverse()], page.HighWatermark.Next(), page.LowWatermark, page.HighWatermark);

    private static async Task SendAsync(V1Request request, RecordPage page)
    {
        var output = request.Response.BodyWriter;
        request.Response.ContentType = V1Answers.JsonType;
        using var json = new Utf8JsonWriter(output, V1Answers.Form);
        json.WriteStartObject();
        json.WriteStartArray("records"u8);
        foreach (var slice in page.Slices)
        {
            Write(json, slice);
            if (json.BytesPending + output.UnflushedBytes <= UnflushedBytesMax) continue;
            json.Flush();
            await output.FlushAsync(request.Aborted).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteNumber("next"u8, page.Next.Value);
        json.WriteNumber("lowWatermark"u8, page.LowWatermark.Value);
        json.WriteNumber("highWatermark"u8, page.HighWatermark.Value);
        json.WriteEndObject();
        json.Flush();
        await output.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    /// <summary>A batch of events (CloudEvents HTTP binding 1.0.2, section 3.3); where it goes on stands in headers.</summary>
    private static async Task SendEventsAsync(V1Request request, StreamName stream, RecordPage page)
    {
        var response = request.Response;
        response.ContentType = CloudEventJson.BatchMediaType;
        response.Headers["Mesh-Next"] = page.Next.ToString();
        response.Headers["Mesh-Low-Watermark"] = page.LowWatermark.ToString();
        response.Headers["Mesh-High-Watermark"] = page.HighWatermark.ToString();
        using var json = new Utf8JsonWriter(response.BodyWriter, V1Answers.Form);
        json.WriteStartArray();
        foreach (var record in page) CloudEventJson.Write(json, record, stream);
        json.WriteEndArray();
        json.Flush();
        await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    private static void WriteEvent(HttpResponse response, in RecordView record, StreamName stream)
    {
        response.ContentType = CloudEventJson.MediaType;
        using var json = new Utf8JsonWriter(response.BodyWriter, V1Answers.Form);
        CloudEventJson.Write(json, record, stream);
        json.Flush();
    }

    private static bool IsEventAsked(V1Query query) => query.Text("as") switch
    {
        null => false,
        "cloudevent" => true,
        var form => throw V1Refusal.Invalid($"as must be cloudevent; it is '{form}'."),
    };

    private static bool Accepts(V1Request request, string mediaType) => request.Http.Headers.Accept.ToString().Contains(mediaType, StringComparison.OrdinalIgnoreCase);

    private static void Write(Utf8JsonWriter json, BatchSlice slice)
    {
        foreach (var record in slice) RecordJson.Write(json, record);
    }
}
