using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.Zaqar.Sealing;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>How messages look to clients (Zaqar specification, section 1.4). Clients fail on keys they do not know, so there are no others.</summary>
internal readonly ref struct MessageJson
{
    /// <summary>Shown for a record of another door that never expires: the longest time that Zaqar's clients know.</summary>
    private const long TtlSecondsOfEternal = 14 * 24 * 3600;

    private static readonly JsonEncodedText Messages = JsonEncodedText.Encode("messages");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Href = JsonEncodedText.Encode("href");
    private static readonly JsonEncodedText Ttl = JsonEncodedText.Encode("ttl");
    private static readonly JsonEncodedText Age = JsonEncodedText.Encode("age");
    private static readonly JsonEncodedText ClaimIdName = JsonEncodedText.Encode("claim_id");
    private static readonly JsonEncodedText ClaimCount = JsonEncodedText.Encode("claim_count");

    private readonly Utf8JsonWriter _json;
    private readonly ZaqarRequest _request;
    private readonly BodyWriter _bodies;
    private readonly bool _showsClaims;

    /// <param name="json">Where to.</param>
    /// <param name="request">Who asks for what, in which version.</param>
    /// <param name="bodies">How their bodies are shown.</param>
    /// <param name="showsClaims">Links name the claim in every version.</param>
    public MessageJson(Utf8JsonWriter json, ZaqarRequest request, BodyWriter bodies, bool showsClaims = false)
    {
        _json = json;
        _request = request;
        _bodies = bodies;
        _showsClaims = showsClaims || request.Version.ClaimsShowEverywhere;
    }

    /// <summary>Writes <c>"messages":[…]</c>, each with its link.</summary>
    public void WriteList(QueuePage page)
    {
        _json.WritePropertyName(Messages);
        WriteBare(page);
    }

    /// <summary>Writes an answer that is a list of messages and nothing more: an object around it, or none, as the version has it.</summary>
    public void WriteAnswer(QueuePage page)
    {
        if (_request.Version.ListsAreBare)
        {
            WriteBare(page);
            return;
        }

        _json.WriteStartObject();
        WriteList(page);
        _json.WriteEndObject();
    }

    /// <summary>Writes the only message of a page.</summary>
    public void WriteSingle(QueuePage page)
    {
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], _request.Paths, _request.QueueName);
        foreach (var record in page.Records) WriteOne(path, page, record, page.States[0]);
    }

    /// <summary>Writes <c>"messages":[…]</c> of messages that are gone: they have no link.</summary>
    public void WritePopped(QueuePage page)
    {
        Span<byte> id = stackalloc byte[MessageId.Utf8BytesMax];
        _json.WriteStartArray(Messages);
        var index = 0;
        foreach (var record in page.Records)
        {
            var state = page.States[index++];
            _json.WriteStartObject();
            _json.WriteString(Id, id[..new MessageId(page.Stream!.Value, record.Sequence).Format(id)]);
            _json.WriteNull(ClaimIdName);
            _json.WriteNumber(ClaimCount, state.DeliveryCount);
            WriteContent(page, record, state);
        }

        _json.WriteEndArray();
    }

    /// <summary>Whole seconds since a record was posted.</summary>
    public static long AgeSeconds(QueuePage page, in RecordView record) => Math.Max(0, page.Now.Since(record.Time).Ticks / TimeSpan.TicksPerSecond);

    /// <summary>Seconds from the post to the end, as claims may have extended them.</summary>
    public static long TtlSeconds(in RecordView record, in QueueRecordState state) =>
        state.ExpiresAt == RecordTime.Max ? TtlSecondsOfEternal : state.ExpiresAt.Since(record.Time).Ticks / TimeSpan.TicksPerSecond;

    private void WriteBare(QueuePage page)
    {
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], _request.Paths, _request.QueueName);
        _json.WriteStartArray();
        var index = 0;
        foreach (var record in page.Records) WriteOne(path, page, record, page.States[index++]);
        _json.WriteEndArray();
    }

    private void WriteOne(in MessagePath path, QueuePage page, in RecordView record, in QueueRecordState state)
    {
        var id = new MessageId(page.Stream!.Value, record.Sequence);
        _json.WriteStartObject();
        if (_request.Version.MessagesHaveIds)
        {
            Span<byte> text = stackalloc byte[MessageId.Utf8BytesMax];
            _json.WriteString(Id, text[..id.Format(text)]);
        }

        _json.WriteString(Href, path.Of(id, _showsClaims ? state.Claim : null));
        WriteContent(page, record, state);
    }

    private void WriteContent(QueuePage page, in RecordView record, in QueueRecordState state)
    {
        _json.WriteNumber(Ttl, TtlSeconds(record, state));
        _json.WriteNumber(Age, AgeSeconds(page, record));
        _bodies.Write(_json, record, _request.Project);
        _json.WriteEndObject();
    }
}
