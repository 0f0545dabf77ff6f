using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Http.MeshV1.CloudEvents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>Posts records to what an address names. Thread-safe.</summary>
internal sealed class PublishResource(IMesh mesh, MeshV1Options options)
{
    /// <summary>A segment that has grown beyond this is not kept for the next post.</summary>
    private const int KeptBytesMax = 64 * 1024;

    private readonly ObjectPool<SegmentWriter> _segments = new DefaultObjectPool<SegmentWriter>(new SegmentPolicy());

    public async Task PostAsync(V1Request request)
    {
        var stream = request.Stream;
        if (!RepeatKey.TryRead(request.Http, out var repeatKey)) throw V1Refusal.Invalid(RepeatKey.Fault + ".");
        _ = new V1Query(request.Http.Query);
        var segment = _segments.Get();
        try
        {
            await ReadAsync(request, stream, segment).ConfigureAwait(false);
            var append = new AppendOptions { DedupeId = repeatKey is null ? default : RepeatKey.IdOf("mesh.v1", stream.Key ?? "", repeatKey) };
            var result = await stream.AppendAsync(segment.Finish(), append).ConfigureAwait(false);
            if (result is AppendResult.NoSuchStream && stream.Stream is { Kind: StreamKind.Room, Project: StreamName.DefaultProject })
            {
                await PublishLiveAsync(request, stream, segment.Finish()).ConfigureAwait(false);
                return;
            }

            if (ErrorMap.Of(result) is { } failure) throw V1Refusal.Of(failure);
            await AnswerAsync(request, stream.Address, result).ConfigureAwait(false);
        }
        finally
        {
            _segments.Return(segment);
        }
    }

    /// <summary>The records of a request's body, in whichever form they are.</summary>
    /// <exception cref="V1Refusal">One breaks a rule.</exception>
    public async ValueTask ReadAsync(V1Request request, AddressedStream stream, SegmentWriter segment)
    {
        var type = MediaTypeOf(request.Http);
        if (type is PostedRecords.MediaType or CloudEventJson.MediaType or CloudEventJson.BatchMediaType)
        {
            using var json = await V1Body.ReadJsonAsync(request.Http, options.BodyBytesMax, request.Aborted).ConfigureAwait(false) ?? throw V1Refusal.Invalid($"The body is missing; it is {type}.");
            if (type == PostedRecords.MediaType) PostedRecords.AddTo(segment, stream, json.RootElement);
            else CloudEventJson.AddTo(segment, stream, json.RootElement, isBatch: type == CloudEventJson.BatchMediaType);
            return;
        }

        var record = CloudEventHeaders.IsEvent(request.Http) ? CloudEventHeaders.Read(request.Http) : RecordHeaders.Read(request.Http);
        using var body = await RequestBody.ReadAsync(request.Http, options.BodyBytesMax, V1Body.TooLarge, request.Aborted).ConfigureAwait(false);
        record.AddTo(segment, stream, body.Span);
    }

    /// <summary>A room without history: whoever listens now gets the bodies, and nothing else of the records.</summary>
    private async Task PublishLiveAsync(V1Request request, AddressedStream room, ReadOnlyMemory<byte> segment)
    {
        var receivers = await mesh.Rooms.PublishAsync(room.Stream, segment).ConfigureAwait(false);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("stream"u8, room.Address.ToString());
            json.WriteNumber("receivers"u8, receivers);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static Task AnswerAsync(V1Request request, StreamAddress address, AppendResult result)
    {
        var (first, count) = result switch
        {
            AppendResult.Appended at => (at.First, at.Count),
            AppendResult.Duplicate at => (at.First, at.Count),
            _ => throw new System.Diagnostics.UnreachableException($"{result} is no success."),
        };
        request.Response.Headers.Location = request.PathOf(address, $"/records/{first}");
        return V1Answers.SendAsync(request.Response, result is AppendResult.Appended ? StatusCodes.Status201Created : StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("stream"u8, address.ToString());
            json.WriteNumber("first"u8, first.Value);
            json.WriteNumber("last"u8, first.Value + count - 1);
            json.WriteNumber("count"u8, count);
            if (result is AppendResult.Appended stored)
            {
                json.WriteString("time"u8, V1Text.Of(stored.FirstTime));
                if (stored.FirstId != RingId.None) json.WriteString("id"u8, stored.FirstId.ToString());
            }

            json.WriteBoolean("duplicate"u8, result is AppendResult.Duplicate);
            json.WriteEndObject();
        });
    }

    private static string MediaTypeOf(HttpRequest request)
    {
        var type = request.ContentType ?? "";
        var end = type.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? type : type[..end]).Trim().ToLowerInvariant();
    }

    private sealed class SegmentPolicy : PooledObjectPolicy<SegmentWriter>
    {
        public override SegmentWriter Create() => new();

        public override bool Return(SegmentWriter segment)
        {
            var keep = segment.Length <= KeptBytesMax;
            if (keep) segment.Reset();
            else segment.Dispose();
            return keep;
        }
    }
}
