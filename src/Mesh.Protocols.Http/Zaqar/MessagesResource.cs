using System.Text;
using System.Text.Json;
using Mesh.Frames;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Posts, gets and deletes messages of one queue (Zaqar specification, sections 1.4 and 2.2). Thread-safe.</summary>
internal sealed class MessagesResource(IMesh mesh, ZaqarOptions options, QueueDirectory directory)
{
    /// <summary>Bytes of ids named in a Location header; clients refuse longer headers. The body names every message.</summary>
    private const int LocationBytesMax = 16 * 1024;

    /// <summary>A writer that has grown beyond this is not kept for the next post.</summary>
    private const int KeptBytesMax = 64 * 1024;

    private const int ClientIdBytes = 36;

    private readonly ObjectPool<SegmentWriter> _writers = new DefaultObjectPool<SegmentWriter>(new WriterPolicy());

    public async Task PostAsync(ZaqarRequest request)
    {
        var settings = await directory.SettingsAsync(request.Stream, request.Aborted).ConfigureAwait(false);
        var body = await RequestBody.ReadAsync(request.Context.Request, settings.PostBytesMax, request.Aborted).ConfigureAwait(false);
        var writer = _writers.Get();
        AppendResult result;
        try
        {
            Encode(body, settings, request.ClientId, writer);
            result = await mesh.Queue(request.Stream).AppendAsync(writer.Finish()).ConfigureAwait(false);
        }
        finally
        {
            GiveBack(writer);
        }

        if (ErrorMap.Of(result) is { } failure) await ZaqarAnswers.FailAsync(request.Response, failure).ConfigureAwait(false);
        else if (result is AppendResult.Appended posted) await AnswerPostedAsync(request, posted).ConfigureAwait(false);
    }

    public Task GetAsync(ZaqarRequest request)
    {
        var query = MessageQuery.Read(request.Query, options);
        return query.Ids.Count > 0 ? GetManyAsync(request, query.Ids) : ListAsync(request, query);
    }

    public async Task GetOneAsync(ZaqarRequest request)
    {
        QueuePage? page = null;
        if (MessageId.TryParse(request.Route.Id, out var id))
            page = await mesh.Queue(request.Stream).GetAsync([id.Sequence], request.Aborted).ConfigureAwait(false);
        if (page is null || page.Records.Count == 0 || page.Stream != id.Stream)
            throw ZaqarRefusal.NotFound($"There is no message {request.Route.Id} in the queue {request.QueueName}; it may have expired or been deleted.");
        var answer = AnswerBuffer.Rent();
        MessageJson.WriteSingle(answer.Json, request.QueueName, page);
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>Deletes by ids, or takes the oldest out by <c>pop</c>.</summary>
    public async Task DeleteManyAsync(ZaqarRequest request)
    {
        var query = MessageQuery.Read(request.Query, options);
        if (query.Pop is null == (query.Ids.Count == 0)) throw ZaqarRefusal.Request("Name either the ids of the messages to delete, or by pop how many to take out.");
        if (query.Pop is { } limit)
        {
            var popped = await mesh.Queue(request.Stream).PopAsync(limit, request.Aborted).ConfigureAwait(false);
            var answer = AnswerBuffer.Rent();
            answer.Json.WriteStartObject();
            MessageJson.WritePopped(answer.Json, popped);
            answer.Json.WriteEndObject();
            await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
            return;
        }

        var sequences = await directory.FindMessagesAsync(request.Stream, query.Ids, request.Aborted).ConfigureAwait(false);
        if (sequences.Count > 0) await mesh.Queue(request.Stream).DeleteAsync(sequences, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    public async Task DeleteOneAsync(ZaqarRequest request)
    {
        ClaimId? claim = null;
        if (MessageQuery.Read(request.Query, options).ClaimId is { } text)
            claim = ClaimsResource.ParseId(text) ?? throw ZaqarRefusal.Request($"There is no claim {text}; it may have expired or been released.");
        if (await directory.FindMessageAsync(request.Stream, request.Route.Id, request.Aborted).ConfigureAwait(false) is { } sequence
            && ErrorMap.Of(await mesh.Queue(request.Stream).AckAsync(sequence, claim, request.Aborted).ConfigureAwait(false)) is { } failure)
            await ZaqarAnswers.FailAsync(request.Response, failure).ConfigureAwait(false);
        else await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private void Encode(in RequestBody body, QueueSettings settings, Guid clientId, SegmentWriter writer)
    {
        using (body)
        {
            Span<byte> producer = stackalloc byte[ClientIdBytes];
            clientId.TryFormat(producer, out _);
            new PostedMessages(options, settings, producer, writer).Encode(body.Span);
        }
    }

    private void GiveBack(SegmentWriter writer)
    {
        if (writer.Length > KeptBytesMax) writer.Dispose();
        else _writers.Return(writer);
    }

    private static Task AnswerPostedAsync(ZaqarRequest request, AppendResult.Appended posted)
    {
        var location = new StringBuilder(ZaqarPaths.OfMessages(request.QueueName)).Append("?ids=");
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], request.QueueName);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteStartArray("resources"u8);
        for (var i = 0; i < posted.Count; i++)
        {
            var id = new MessageId(posted.Stream, posted.First.Plus(i));
            answer.Json.WriteStringValue(path.Of(id, null));
            if (location.Length > LocationBytesMax) continue;
            if (i > 0) location.Append(',');
            location.Append(id.ToString());
        }

        answer.Json.WriteEndArray();
        answer.Json.WriteEndObject();
        request.Response.Headers.Location = location.ToString();
        return answer.SendAsync(request.Response, StatusCodes.Status201Created);
    }

    private async Task GetManyAsync(ZaqarRequest request, List<string> ids)
    {
        var sequences = await directory.FindMessagesAsync(request.Stream, ids, request.Aborted).ConfigureAwait(false);
        var page = sequences.Count == 0 ? null : await mesh.Queue(request.Stream).GetAsync(sequences, request.Aborted).ConfigureAwait(false);
        if (page is null || page.Records.Count == 0) throw ZaqarRefusal.NotFound($"None of these messages is in the queue {request.QueueName}; they may have expired or been deleted.");
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        MessageJson.WriteList(answer.Json, request.QueueName, page);
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private async Task ListAsync(ZaqarRequest request, MessageQuery query)
    {
        QueuePage? page = null;
        var marker = default(MessageId);
        if (query.Marker is null || MessageId.TryParse(query.Marker, out marker))
            page = await mesh.Queue(request.Stream).ListAsync(query.ToMesh(marker.Sequence, request.ClientId), request.Aborted).ConfigureAwait(false);

        // A marker of another queue, or of an earlier one of this name, is behind nothing here.
        if (query.Marker is not null && page?.Stream != marker.Stream) page = null;
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        if (page is null || page.Records.Count == 0) WriteNothing(answer.Json);
        else
        {
            MessageJson.WriteList(answer.Json, request.QueueName, page);
            var last = default(Sequence);
            foreach (var record in page.Records) last = record.Sequence;
            ZaqarLinks.WriteNext(answer.Json, query.NextPage(request.QueueName, new MessageId(page.Stream!.Value, last)));
        }

        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
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
