using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Claims;

/// <summary>Makes, shows, moves and deletes consumer groups of every kind of stream but queues, whose claims are for all. Thread-safe.</summary>
internal sealed class GroupsResource
{
    private const decimal TtlSecondsMax = 366m * 24 * 3600;
    private const int CountMax = 1_000_000;

    private static readonly string[] Known = ["from", "time", "start", "deliveryCountMax", "deadLetterQueue", "deadLetterTtlSeconds"];

    /// <summary>The groups of a stream, by name.</summary>
    public async Task ListAsync(V1Request request)
    {
        var info = await LogOf(request).DescribeAsync(null, 0, request.Aborted).ConfigureAwait(false) ?? throw V1Refusal.NoSuchStream(request.Segments[1]);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("groups"u8);
            foreach (var group in info.Groups)
            {
                json.WriteStartObject();
                json.WriteString("group"u8, group.Name);
                if (group.Lag is { } lag) json.WriteNumber("lag"u8, lag);
                json.WriteNumber("pending"u8, group.PendingCount);
                WriteConsumers(json, group);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>Makes a group, and the stream with it; of one that is there nothing is changed but its options, where they are named.</summary>
    public async Task PutAsync(V1Request request)
    {
        var (log, group) = (LogOf(request), request.Segments[3]);
        using var fields = await V1Fields.ReadAsync(request, Known).ConfigureAwait(false);
        var made = await log.CreateGroupAsync(group, StartOf(fields) ?? GroupStart.Newest, createStream: true, request.Aborted).ConfigureAwait(false);
        if (made.Outcome != GroupOutcome.Exists) Require(made.Outcome, request);
        if (OptionsOf(fields) is { } options) Require((await log.SetGroupOptionsAsync(group, options, request.Aborted).ConfigureAwait(false)).Outcome, request);
        await ShowAsync(request, log, made.Outcome == GroupOutcome.Done ? StatusCodes.Status201Created : StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public Task GetAsync(V1Request request) => ShowAsync(request, LogOf(request), StatusCodes.Status200OK);

    /// <summary>Moves a group, or changes how it treats what is claimed too often.</summary>
    public async Task PatchAsync(V1Request request)
    {
        var (log, group) = (LogOf(request), request.Segments[3]);
        using var fields = await V1Fields.ReadAsync(request, Known).ConfigureAwait(false);
        if (StartOf(fields) is { } start) Require((await log.MoveGroupAsync(group, start, request.Aborted).ConfigureAwait(false)).Outcome, request);
        if (OptionsOf(fields) is { } options) Require((await log.SetGroupOptionsAsync(group, options, request.Aborted).ConfigureAwait(false)).Outcome, request);
        await ShowAsync(request, log, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task DeleteAsync(V1Request request)
    {
        Require((await LogOf(request).DeleteGroupAsync(request.Segments[3], request.Aborted).ConfigureAwait(false)).Outcome, request);
        await V1Answers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <exception cref="V1Refusal">The address names a queue, or a view.</exception>
    public static IGroupedLog LogOf(V1Request request)
    {
        var stream = request.WholeStream();
        return stream.Log as IGroupedLog ?? throw V1Refusal.Invalid($"{stream.Address} has no consumer groups: its claims are for all who claim. Post to /streams/{{address}}/claims.");
    }

    /// <exception cref="V1Refusal">It was not done; says why.</exception>
    public static void Require(GroupOutcome outcome, V1Request request)
    {
        switch (outcome)
        {
            case GroupOutcome.Done:
                return;
            case GroupOutcome.NoStream:
                throw V1Refusal.NoSuchStream(request.Segments[1]);
            case GroupOutcome.NoGroup:
                throw V1Refusal.NotFound($"{request.Segments[1]} has no group {request.Segments[3]}. Create it with PUT.");
            case GroupOutcome.ClaimExpired:
                throw ClaimJson.Gone(request.Segments.Count > 5 ? request.Segments[5] : "");
            case GroupOutcome.Full:
                throw new V1Refusal(StatusCodes.Status429TooManyRequests, "busy", "The stream has as many groups, or the group as many consumers or pending records, as there may be. Acknowledge or delete some first.", TimeSpan.FromSeconds(1));
            case GroupOutcome.Exists:
                throw V1Refusal.Conflict($"{request.Segments[1]} has a group {request.Segments[3]} already.");
            default:
                throw new UnreachableException($"No answer for {outcome}.");
        }
    }

    private static async Task ShowAsync(V1Request request, IGroupedLog log, int status)
    {
        var group = request.Segments[3];
        var position = await log.PositionAsync(group, request.Aborted).ConfigureAwait(false);
        Require(position.Outcome, request);
        var info = await log.DescribeAsync(group, 0, request.Aborted).ConfigureAwait(false);
        await V1Answers.SendAsync(request.Response, status, json =>
        {
            json.WriteStartObject();
            json.WriteString("group"u8, group);
            json.WriteNumber("next"u8, position.Next.Value);
            if (position.Lag is { } lag) json.WriteNumber("lag"u8, lag);
            json.WriteNumber("lagSeconds"u8, V1Text.Seconds(position.LagTime.Ticks / TimeSpan.TicksPerMicrosecond));
            json.WriteNumber("pending"u8, position.Pending);
            json.WriteNumber("claimed"u8, position.Claimed);
            json.WriteNumber("free"u8, position.Free);
            var options = position.Options;
            if (options.DeliveryCountMax is { } count) json.WriteNumber("deliveryCountMax"u8, count);
            if (options.DeadLetterQueue is { } queue) json.WriteString("deadLetterQueue"u8, queue);
            if (options.DeadLetterTtl is { } ttl) json.WriteNumber("deadLetterTtlSeconds"u8, V1Text.Seconds(ttl.Ticks / TimeSpan.TicksPerMicrosecond));
            if (info?.Groups is [var one]) WriteConsumers(json, one);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void WriteConsumers(Utf8JsonWriter json, GroupInfo group)
    {
        json.WriteStartArray("consumers"u8);
        foreach (var consumer in group.Consumers)
        {
            json.WriteStartObject();
            json.WriteString("consumer"u8, consumer.Name);
            json.WriteString("seenAt"u8, V1Text.Of(consumer.SeenAt));
            json.WriteNumber("pending"u8, consumer.PendingCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <returns>Null when the client names no place.</returns>
    private static GroupStart? StartOf(V1Fields fields)
    {
        var (from, time, start) = (fields.Number("from", 1, long.MaxValue), fields.Text("time"), fields.Text("start"));
        if ((from is null ? 0 : 1) + (time is null ? 0 : 1) + (start is null ? 0 : 1) > 1) throw V1Refusal.Invalid("from, time and start exclude each other: give one of them.");
        if (from is { } sequence) return GroupStart.At(new Sequence(sequence));
        if (time is not null) return V1Text.TryTime(time, out var since) ? GroupStart.At(since) : throw V1Refusal.Invalid($"time is RFC 3339, such as 2030-01-31T12:00:00Z, or microseconds since 1970; it is '{time}'.");
        return start switch
        {
            null => null,
            "oldest" => GroupStart.Oldest,
            "newest" => GroupStart.Newest,
            _ => throw V1Refusal.Invalid($"start must be oldest or newest; it is '{start}'."),
        };
    }

    /// <returns>Null when the client names none.</returns>
    private static GroupOptions? OptionsOf(V1Fields fields)
    {
        var options = new GroupOptions
        {
            DeliveryCountMax = (int?)fields.Number("deliveryCountMax", 1, CountMax),
            DeadLetterQueue = fields.Text("deadLetterQueue"),
            DeadLetterTtl = fields.Seconds("deadLetterTtlSeconds", 0.000001m, TtlSecondsMax),
        };
        return options == new GroupOptions() ? null : options;
    }
}
