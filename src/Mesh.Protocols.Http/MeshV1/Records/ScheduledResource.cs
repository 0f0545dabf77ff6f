using System.Globalization;
using System.Text.Json;
using Mesh.Addresses;
using Mesh.Frames;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>Records that are appended later. Thread-safe.</summary>
internal sealed class ScheduledResource(IMesh mesh, PublishResource publish)
{
    private const int ListDefault = 100;
    private const int ListMax = 1000;

    public async Task PostAsync(V1Request request)
    {
        var stream = request.Stream;
        if (!RepeatKey.TryRead(request.Http, out var repeatKey)) throw V1Refusal.Invalid(RepeatKey.Fault + ".");
        var due = DueOf(new V1Query(request.Http.Query, "at", "after", "cron"));
        using var segment = new SegmentWriter();
        await publish.ReadAsync(request, stream, segment).ConfigureAwait(false);
        var dedupeId = repeatKey is null ? default(ReadOnlyMemory<byte>) : RepeatKey.IdOf("mesh.v1", stream.Address.ToString(), repeatKey);
        var result = await ScheduleAsync(stream, segment.Finish(), due, dedupeId, request.Aborted).ConfigureAwait(false);
        if (result is ScheduleResult.Refused refused) throw V1Refusal.Of(ErrorMap.Of(refused.Reason)!.Value);
        var (id, dueAt) = (ScheduleResult.Scheduled)result;
        request.Response.Headers.Location = $"{request.Http.PathBase}/scheduled/{id}";
        await V1Answers.SendAsync(request.Response, StatusCodes.Status201Created, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id.ToString());
            json.WriteString("stream"u8, stream.Address.ToString());
            json.WriteString("due"u8, V1Text.Of(dueAt));
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task ListAsync(V1Request request)
    {
        var query = new V1Query(request.Http.Query, "after", "limit");
        var limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        var found = await mesh.Schedules.ListAsync(request.Project, query.Text("after") is { } after ? IdOf(after) : default, limit, request.Aborted).ConfigureAwait(false);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("scheduled"u8);
            foreach (var append in found) Write(json, append);
            json.WriteEndArray();
            if (found.Count == limit) json.WriteString("next"u8, found[^1].Id.ToString());
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task DeleteAsync(V1Request request)
    {
        if (!await mesh.Schedules.CancelAsync(request.Project, IdOf(request.Segments[1]), request.Aborted).ConfigureAwait(false))
            throw V1Refusal.NotFound($"Nothing is scheduled as {request.Segments[1]}: it never was, is appended already, or is just being appended.");
        await V1Answers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private async ValueTask<ScheduleResult> ScheduleAsync(AddressedStream stream, ReadOnlyMemory<byte> segment, Due due, ReadOnlyMemory<byte> dedupeId, CancellationToken cancel)
    {
        try
        {
            return await stream.ScheduleAsync(mesh.Schedules, segment, due, dedupeId, cancel).ConfigureAwait(false);
        }
        catch (ArgumentException bound)
        {
            throw V1Refusal.Invalid(bound.Message);
        }
    }

    private static Due DueOf(V1Query query) => (query.Text("at"), query.Text("after"), query.Text("cron")) switch
    {
        ({ } at, null, null) => new Due.At(V1Text.TryTime(at, out var time) ? time : throw V1Refusal.Invalid($"at is a time such as 2030-01-31T12:00:00Z; it is '{at}'.")),
        (null, { } after, null) => new Due.After(SpanOf(after)),
        (null, null, { } cron) => new Due.Cron(CronOf(cron)),
        _ => throw V1Refusal.Invalid("Say when the records are due by one of the parameters at (a time), after (seconds) and cron (an expression such as */5 * * * *)."),
    };

    private static TimeSpan SpanOf(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= (decimal)ISchedules.HorizonMax.TotalSeconds
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw V1Refusal.Invalid($"after is a number of 0 to {ISchedules.HorizonMax.TotalSeconds:0} seconds; it is '{text}'.");

    private static CronExpression CronOf(string text)
    {
        try
        {
            return CronExpression.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw V1Refusal.Invalid($"cron: {wrong.Message}");
        }
    }

    private static ScheduledId IdOf(string text) =>
        ScheduledId.TryParse(text, out var id) ? id : throw V1Refusal.Invalid($"The id of something scheduled looks like 5973611-1; this is '{text}'.");

    private static void Write(Utf8JsonWriter json, ScheduledAppend append)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, append.Id.ToString());
        if (append.First != append.Id) json.WriteString("firstId"u8, append.First.ToString());
        if (StreamAddress.TryOf(append.Target, out var address)) json.WriteString("stream"u8, address.ToString());
        json.WriteString("due"u8, V1Text.Of(append.DueAt));
        if (append.Cron is { } cron) json.WriteString("cron"u8, cron);
        json.WriteNumber("records"u8, Segment.CountOf(append.Segment.Span));
        json.WriteEndObject();
    }
}
