using System.Globalization;
using System.Text.Json;
using Mesh.Frames;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>How a queue stands (Zaqar specification, section 1.6). Thread-safe.</summary>
internal sealed class StatsResource(IMesh mesh, QueueDirectory directory)
{
    public async Task GetAsync(ZaqarRequest request)
    {
        var isDetailed = IsDetailed(request.Query) && request.Addressed is null;
        if (request.Version.QueuesMustExist) await directory.RequireAsync(request).ConfigureAwait(false);
        var stats = await request.QueueIn(mesh).StatsAsync(request.Aborted).ConfigureAwait(false);
        var waiting = isDetailed ? await request.QueueIn(mesh).ListAsync(new QueueQuery { RecordsMax = 1 }, request.Aborted).ConfigureAwait(false) : null;
        request.NameLocation();
        var answer = AnswerBuffer.Rent();
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteStartObject("messages"u8);
        json.WriteNumber("claimed"u8, stats.Claimed);
        json.WriteNumber("free"u8, stats.Free);
        json.WriteNumber("total"u8, stats.Claimed + stats.Free);
        WriteEnds(json, request, stats.Ends);
        if (waiting is not null) WriteWaiting(json, request, waiting);
        json.WriteEndObject();
        json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>The oldest and the newest message; one that is alone is both.</summary>
    private static void WriteEnds(Utf8JsonWriter json, ZaqarRequest request, QueuePage ends)
    {
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], request.Paths, request.QueueName);
        var index = 0;
        foreach (var record in ends.Records)
        {
            if (index == 0) WriteEnd(json, "oldest"u8, path, ends, record);
            if (++index == ends.Records.Count) WriteEnd(json, "newest"u8, path, ends, record);
        }
    }

    /// <summary>Clients check what they know, so this stands there only for who asks for it.</summary>
    private static bool IsDetailed(ZaqarQuery query)
    {
        var isDetailed = false;
        foreach (var parameter in query)
            if (parameter.DecodeName().Span is "detailed") isDetailed = ZaqarQuery.Flag("detailed", parameter.DecodeValue().Span);
        return isDetailed;
    }

    /// <summary>The oldest message that nobody has claimed and that is due: for how long consumers are behind.</summary>
    private static void WriteWaiting(Utf8JsonWriter json, ZaqarRequest request, QueuePage waiting)
    {
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], request.Paths, request.QueueName);
        foreach (var record in waiting.Records) WriteEnd(json, "oldest_unclaimed"u8, path, waiting, record);
    }

    private static void WriteEnd(Utf8JsonWriter json, ReadOnlySpan<byte> name, in MessagePath path, QueuePage ends, in RecordView record)
    {
        json.WriteStartObject(name);
        json.WriteNumber("age"u8, MessageJson.AgeSeconds(ends, record));
        json.WriteString("created"u8, record.Time.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("href"u8, path.Of(new MessageId(ends.Stream!.Value, record.Sequence), null));
        json.WriteEndObject();
    }
}
