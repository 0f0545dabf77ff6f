using System.Globalization;
using System.Text;
using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Protocols.Http.Zaqar.Sealing;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Posts, gets and deletes messages of one queue (Zaqar specification, sections 1.4 and 2.2). Thread-safe.</summary>
internal sealed class MessagesResource(IMesh mesh, ZaqarOptions options, QueueDirectory directory, Deliveries deliveries, MessageSeal seal, BodyWriter bodies, LongPoll poll)
{
    /// <summary>Bytes of ids named in a Location header; clients refuse longer headers. The body names every message.</summary>
    private const int LocationBytesMax = 16 * 1024;

    /// <summary>A writer that has grown beyond this is not kept for the next post.</summary>
    private const int KeptBytesMax = 64 * 1024;

    private const int ClientIdBytesMax = 1024;

    private readonly ObjectPool<SegmentWriter> _writers = new DefaultObjectPool<SegmentWriter>(new WriterPolicy());

    public async Task PostAsync(ZaqarRequest request)
    {
        request.RequireClientId();
        var repeatId = ReadRepeatId(request);
        var settings = await directory.SettingsAsync(request).ConfigureAwait(false);
        var body = await RequestBody.ReadAsync(request.Context.Request, settings.PostBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        var writer = _writers.Get();
        AppendResult result;
        try
        {
            var sealing = settings.Encrypts ? new ProjectSeal(seal, request.Project) : null;
            var told = request.Addressed is null ? await deliveries.ToldAsync(request.Stream, request.Aborted).ConfigureAwait(false) : [];
            using var notifications = told.Count > 0 ? new NotificationWriter(request.QueueName, sealing) : null;
            Encode(body, settings, request, writer, notifications, sealing);
            result = notifications is null
                ? await AppendAsync(request, writer.Finish(), repeatId).ConfigureAwait(false)
                : await AppendToldAsync(request, writer.Finish(), repeatId, told, notifications.Finish()).ConfigureAwait(false);
        }
        finally
        {
            GiveBack(writer);
        }

        if (ErrorMap.Of(result) is { } failure) await ZaqarAnswers.FailAsync(request.Response, failure).ConfigureAwait(false);
        else if (result is AppendResult.Appended posted) await AnswerPostedAsync(request, posted.Stream, posted.First, posted.Count).ConfigureAwait(false);
        else if (result is AppendResult.Duplicate before) await AnswerPostedAsync(request, before.Stream, before.First, before.Count).ConfigureAwait(false);
    }

    public Task GetAsync(ZaqarRequest request)
    {
        var query = MessageQuery.Read(request, options);
        return query.Ids.Count > 0 ? GetManyAsync(request, query.Ids) : ListAsync(request, query);
    }

    public async Task GetOneAsync(ZaqarRequest request)
    {
        QueuePage? page = null;
        if (MessageId.TryParse(request.Route.Id, out var id))
            page = await request.QueueIn(mesh).GetAsync([id.Sequence], request.Aborted).ConfigureAwait(false);
        if (page is null || page.Records.Count == 0 || page.Stream != id.Stream)
            throw ZaqarRefusal.NotFound($"There is no message {request.Route.Id} in the queue {request.QueueName}; it may have expired or been deleted.");
        bodies.RequireReadable(page, request.Project);
        request.NameLocation();
        var answer = AnswerBuffer.Rent();
        new MessageJson(answer.Json, request, bodies).WriteSingle(page);
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>Deletes by ids, or takes the oldest out by <c>pop</c>.</summary>
    public async Task DeleteManyAsync(ZaqarRequest request)
    {
        var query = MessageQuery.Read(request, options);
        if (query.Pop is null == (query.Ids.Count == 0)) throw ZaqarRefusal.Request(NothingToDelete(request.Version));
        if (query.Pop is { } limit)
        {
            var popped = await request.QueueIn(mesh).PopAsync(limit, request.Aborted).ConfigureAwait(false);
            var answer = AnswerBuffer.Rent();
            answer.Json.WriteStartObject();
            new MessageJson(answer.Json, request, bodies).WritePopped(popped);
            answer.Json.WriteEndObject();
            await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
            return;
        }

        var sequences = await directory.FindMessagesAsync(request.Stream, query.Ids, request.Aborted).ConfigureAwait(false);
        if (sequences.Count > 0) await request.QueueIn(mesh).DeleteAsync(sequences, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    public async Task DeleteOneAsync(ZaqarRequest request)
    {
        ClaimId? claim = null;
        if (MessageQuery.Read(request, options).ClaimId is { } text)
            claim = ClaimsResource.ParseId(text) ?? throw ZaqarRefusal.Request($"There is no claim {text}; it may have expired or been released.");
        if (await directory.FindMessageAsync(request.Stream, request.Route.Id, request.Aborted).ConfigureAwait(false) is { } sequence
            && ErrorMap.Of(await request.QueueIn(mesh).AckAsync(sequence, claim, request.Aborted).ConfigureAwait(false)) is { } failure)
            await ZaqarAnswers.FailAsync(request.Response, failure).ConfigureAwait(false);
        else await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private static string NothingToDelete(ApiVersion version) =>
        version.MessagesPop ? "Name either the ids of the messages to delete, or by pop how many to take out." : "Name the ids of the messages to delete.";

    /// <summary>By what a repeat of the post is known; empty when the client gave it no key. A key is the client's own, in one queue.</summary>
    private static ReadOnlyMemory<byte> ReadRepeatId(ZaqarRequest request)
    {
        if (!RepeatKey.TryRead(request.Context.Request, out var key)) throw ZaqarRefusal.BadRequest("Invalid header value", $"{RepeatKey.Fault}.");
        return key is null ? default : (request.Addressed?.Stream.Key is { } view ? RepeatKey.IdOf(request.ClientId, view, key) : RepeatKey.IdOf(request.ClientId, key)).AsMemory();
    }

    private ValueTask<AppendResult> AppendAsync(ZaqarRequest request, ReadOnlyMemory<byte> messages, ReadOnlyMemory<byte> repeatId) =>
        request.QueueIn(mesh).AppendAsync(messages, new AppendOptions { MustExist = request.Version.QueuesMustExist, DedupeId = repeatId });

    /// <summary>
    /// Keeps what subscribers are to be told before the messages are stored: no message is ever there without that. Of a repeat they were told before, unless that was
    /// taken back, for the first try of the post had failed.
    /// </summary>
    private async ValueTask<AppendResult> AppendToldAsync(
        ZaqarRequest request, ReadOnlyMemory<byte> messages, ReadOnlyMemory<byte> repeatId, IReadOnlyList<Subscription> told, ReadOnlyMemory<byte> notes)
    {
        var kept = await deliveries.KeepAsync(told, notes, repeatId).ConfigureAwait(false);
        var refused = kept.Find(each => each.Result is AppendResult.Busy or AppendResult.TooLarge).Result;
        var result = refused ?? await AppendAsync(request, messages, repeatId).ConfigureAwait(false);
        var takenBack = kept.Where(each => each.Result is AppendResult.Duplicate).Select(each => each.Subscription).ToList();
        if (result is AppendResult.Appended && takenBack.Count > 0) await deliveries.KeepAsync(takenBack, notes).ConfigureAwait(false);
        if (ErrorMap.Of(result) is null) deliveries.Deliver(kept);
        else await deliveries.TakeBackAsync(kept).ConfigureAwait(false);
        return result;
    }

    private void Encode(in RequestBody body, QueueSettings settings, ZaqarRequest request, SegmentWriter writer, NotificationWriter? notifications, ProjectSeal? sealing)
    {
        using (body)
        {
            Span<byte> producer = stackalloc byte[ClientIdBytesMax];
            var length = Encoding.UTF8.GetBytes(request.ClientId, producer);
            new PostedMessages(options, request.Version, settings, producer[..length], writer, notifications, sealing) { Key = request.Addressed?.Stream.RecordKey }.Encode(body.Span);
        }
    }

    private void GiveBack(SegmentWriter writer)
    {
        if (writer.Length > KeptBytesMax) writer.Dispose();
        else _writers.Return(writer);
    }

    private static Task AnswerPostedAsync(ZaqarRequest request, StreamNumber stream, Sequence first, int count)
    {
        var location = new StringBuilder(request.Paths.OfMessages(request.QueueName)).Append("?ids=");
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], request.Paths, request.QueueName);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteStartArray("resources"u8);
        for (var i = 0; i < count; i++)
        {
            var id = new MessageId(stream, first.Plus(i));
            answer.Json.WriteStringValue(path.Of(id, null));
            if (location.Length > LocationBytesMax) continue;
            if (i > 0) location.Append(',');
            location.Append(id.ToString());
        }

        answer.Json.WriteEndArray();
        if (request.Version.PostsSayPartial) answer.Json.WriteBoolean("partial"u8, false);
        answer.Json.WriteEndObject();
        request.Response.Headers.Location = location.ToString();
        return answer.SendAsync(request.Response, StatusCodes.Status201Created);
    }

    private async Task GetManyAsync(ZaqarRequest request, List<string> ids)
    {
        var sequences = await directory.FindMessagesAsync(request.Stream, ids, request.Aborted).ConfigureAwait(false);
        var found = sequences.Count == 0 ? null : await request.QueueIn(mesh).GetAsync(sequences, request.Aborted).ConfigureAwait(false);
        var page = found is null ? null : bodies.Readable(found, request.Project);
        if (page is null || page.Records.Count == 0)
        {
            if (!request.Version.EmptyPagesHaveNoContent)
                throw ZaqarRefusal.NotFound($"None of these messages is in the queue {request.QueueName}; they may have expired or been deleted.");
            await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
            return;
        }

        request.NameLocation();
        var answer = AnswerBuffer.Rent();
        new MessageJson(answer.Json, request, bodies).WriteAnswer(page);
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private async Task ListAsync(ZaqarRequest request, MessageQuery query)
    {
        request.RequireClientId();
        var page = TryReadMarker(request, query.Marker, out var marker)
            ? await poll.FindAsync(request.QueueIn(mesh), request, query.Wait, () => PageAsync(request, query, marker)).ConfigureAwait(false)
            : null;
        if (page is null && request.Version.EmptyPagesHaveNoContent)
        {
            await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
            return;
        }

        request.NameLocation();
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        if (page is null) WriteNothing(answer.Json);
        else
        {
            new MessageJson(answer.Json, request, bodies).WriteList(page);
            ZaqarLinks.WriteNext(answer.Json, query.NextPage(request.Paths, request.QueueName, new MessageId(page.Stream!.Value, LastOf(page))));
        }

        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>The message after which to list: by its id or, of a stream that is named by its address, by its sequence alone.</summary>
    /// <returns>False for a text that names none.</returns>
    private static bool TryReadMarker(ZaqarRequest request, string? text, out MessageId marker)
    {
        marker = default;
        if (text is null || MessageId.TryParse(text, out marker)) return true;
        if (request.Addressed is null || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return false;
        marker = new MessageId(default, new Sequence(sequence));
        return true;
    }

    /// <summary>The messages that a list shows; what cannot be decrypted here is left out.</summary>
    /// <returns>Null when there is none.</returns>
    private async Task<QueuePage?> PageAsync(ZaqarRequest request, MessageQuery query, MessageId marker)
    {
        for (var after = marker.Sequence; ;)
        {
            var page = await request.QueueIn(mesh).ListAsync(query.ToMesh(after, request.ClientId), request.Aborted).ConfigureAwait(false);

            // A marker of another queue, or of an earlier one of this name, is behind nothing here.
            if (page.Records.Count == 0 || (marker.Stream != default && page.Stream != marker.Stream)) return null;
            var readable = bodies.Readable(page, request.Project);
            if (readable.Records.Count > 0) return readable;
            after = LastOf(page);
        }
    }

    private static Sequence LastOf(QueuePage page)
    {
        var last = default(Sequence);
        foreach (var record in page.Records) last = record.Sequence;
        return last;
    }

    private static void WriteNothing(Utf8JsonWriter json)
    {
        json.WriteStartArray("messages"u8);
        json.WriteEndArray();
        ZaqarLinks.WriteNone(json);
    }

    private sealed class WriterPolicy : IPooledObjectPolicy<SegmentWriter>
    {
        public SegmentWriter Create() => new();

        public bool Return(SegmentWriter writer)
        {
            writer.Reset();
            return true;
        }
    }
}
