using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.Zaqar.Sealing;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>
/// Takes dead letters back to the queues they come from, or to another one: one, all, or those that a filter names. Each is moved once, however often and after
/// whatever failure the request is sent again. Thread-safe.
/// </summary>
internal sealed class RedriveResource(IMesh mesh, ZaqarOptions options, QueueDirectory directory, MessageSeal seal)
{
    /// <summary>Messages moved at a time, and looked at at a time.</summary>
    private const int PageMax = 100;

    /// <summary>Messages that one request looks at; it says from where to go on.</summary>
    private const int LookedMax = 10_000;

    public async Task PostAsync(ZaqarRequest request)
    {
        var order = await ReadAsync(request).ConfigureAwait(false);
        if (order.To is { } to) await RequireTargetAsync(request, to).ConfigureAwait(false);
        var (moved, marker) = order.Ids is { } ids ? (await MoveByIdAsync(request, order, ids).ConfigureAwait(false), null) : await MoveAllAsync(request, order).ConfigureAwait(false);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteNumber("redriven"u8, moved);
        if (marker is { } next) answer.Json.WriteString("marker"u8, next.ToString());
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private async Task<RedriveOrder> ReadAsync(ZaqarRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        return RedriveOrder.Parse(body.Span, options);
    }

    private async Task RequireTargetAsync(ZaqarRequest request, string queue)
    {
        if (queue == request.QueueName) throw ZaqarRefusal.Request($"Messages of {queue} cannot go to {queue}; name another queue.");
        if (await mesh.Catalogue.FindAsync(StreamName.Queue(queue, request.Project), request.Aborted).ConfigureAwait(false) is null)
            throw ZaqarRefusal.NotFound($"There is no queue {queue} to take the messages; create it first, or leave out to.");
    }

    private async Task<int> MoveByIdAsync(ZaqarRequest request, RedriveOrder order, List<string> ids)
    {
        var sequences = await directory.FindMessagesAsync(request.Stream, ids, request.Aborted).ConfigureAwait(false);
        return sequences.Count == 0 ? 0 : await MoveAsync(request, order, await mesh.Queue(request.Stream).GetAsync(sequences, request.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Goes through the messages that are there at the beginning: what comes back meanwhile waits for the next time.</summary>
    private async Task<(int Moved, MessageId? Marker)> MoveAllAsync(ZaqarRequest request, RedriveOrder order)
    {
        var queue = mesh.Queue(request.Stream);
        var end = (await queue.StateAsync(request.Aborted).ConfigureAwait(false)).HighWatermark;
        var after = order.Marker;
        var moved = 0;
        for (var looked = 0; ;)
        {
            var page = await queue.ListAsync(new QueueQuery { After = after, RecordsMax = PageMax, IncludeDelayed = true }, request.Aborted).ConfigureAwait(false);
            if (page.Records.Count == 0) return (moved, null);
            moved += await MoveAsync(request, order, page).ConfigureAwait(false);
            looked += page.Records.Count;
            foreach (var record in page.Records) after = record.Sequence;
            if (after >= end) return (moved, null);
            if (looked >= LookedMax) return (moved, new MessageId(page.Stream!.Value, after));
        }
    }

    private async Task<int> MoveAsync(ZaqarRequest request, RedriveOrder order, QueuePage page)
    {
        var moved = 0;
        foreach (var (queue, sequences) in ByTarget(request, order, page))
        {
            var target = StreamName.Queue(queue, request.Project);
            if (await mesh.Catalogue.FindAsync(target, request.Aborted).ConfigureAwait(false) is null) continue;
            var ttl = order.TtlSeconds ?? (await directory.SettingsAsync(target, request.Aborted).ConfigureAwait(false)).MessageTtlSeconds;
            moved += await mesh.Queue(request.Stream).MoveAsync(target, sequences, TimeSpan.FromSeconds(ttl), request.Aborted).ConfigureAwait(false);
        }

        return moved;
    }

    /// <summary>The messages that are meant, by where each is to go; those of which that is not known stay.</summary>
    private Dictionary<string, List<Sequence>> ByTarget(ZaqarRequest request, RedriveOrder order, QueuePage page)
    {
        var targets = new Dictionary<string, List<Sequence>>(StringComparer.Ordinal);
        foreach (var record in page.Records)
        {
            var source = DeadLetterTag.SourceOf(record);
            if (order.From is { } from && from != source) continue;
            if ((order.To ?? source) is not { } target || target == request.QueueName || !IsMeant(request, order, record)) continue;
            if (!targets.TryGetValue(target, out var sequences)) targets.Add(target, sequences = []);
            sequences.Add(record.Sequence);
        }

        return targets;
    }

    private bool IsMeant(ZaqarRequest request, RedriveOrder order, in RecordView record)
    {
        if (order.Body is not { } wanted) return true;
        var type = record.ContentType;
        byte[] body;
        if (type != ContentType.Sealed) body = record.Body.ToArray();
        else if (seal.TryOpen(record, request.Project, out var opened)) (type, body) = opened;
        else return false;
        if (type != ContentType.Json) return false;
        using var text = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = options.JsonDepthMax });
        return JsonSubset.Holds(text.RootElement, wanted);
    }
}
