using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Protocols.Http.Zaqar.Sealing;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Turns the body of a post into records (Zaqar specification, section 1.4). Each message's body becomes a record's, byte for byte as it was posted, or sealed.</summary>
internal readonly ref struct PostedMessages(
    ZaqarOptions options, ApiVersion version, QueueSettings queue, ReadOnlySpan<byte> producer, SegmentWriter records, NotificationWriter? notifications, ProjectSeal? sealing)
{
    private const long MicrosPerSecond = 1_000_000;

    private readonly ReadOnlySpan<byte> _producer = producer;

    /// <summary>The key of records that go to another stream than a queue: they live for as long as its options say, and come when they are posted. Null for a queue.</summary>
    public byte[]? Key { private get; init; }

    /// <summary>Encodes the messages of <c>{"messages":[{ttl?, body, delay?}]}</c> or, where lists are bare, of <c>[{ttl, body}]</c>.</summary>
    /// <exception cref="ZaqarRefusal">It has another form, or holds no message.</exception>
    public void Encode(ReadOnlySpan<byte> json)
    {
        var body = new JsonBody(json, options.JsonDepthMax);
        if (version.ListsAreBare) EncodeBare(ref body);
        else EncodeObject(ref body);
        body.End();
        if (records.Count == 0) throw ZaqarRefusal.Body("No messages were found in the request body.");
    }

    private void EncodeBare(scoped ref JsonBody body)
    {
        if (!body.Next() || body.Token != JsonTokenType.StartArray) throw ZaqarRefusal.Body("The body must be a JSON array of messages.");
        EncodeList(ref body);
    }

    private void EncodeObject(scoped ref JsonBody body)
    {
        body.BeginObject("The body");
        while (body.NextName())
        {
            var isMessages = body.NameIs("messages"u8);
            body.Next();
            if (isMessages) EncodeList(ref body);
            else body.Skip();
        }
    }

    private void EncodeList(scoped ref JsonBody body)
    {
        // Of a name that is there twice the last counts, as everywhere in JSON.
        records.Reset();
        notifications?.Reset();
        if (body.Token != JsonTokenType.StartArray) throw ZaqarRefusal.Body("The field messages must be a JSON array.");
        while (body.Next() && body.Token != JsonTokenType.EndArray) EncodeOne(ref body);
    }

    private void EncodeOne(scoped ref JsonBody body)
    {
        if (body.Token != JsonTokenType.StartObject) throw ZaqarRefusal.Body("Every message must be a JSON object.");
        long? ttl = version.TermsAreRequired ? null : queue.MessageTtlSeconds;
        long delay = queue.DelaySeconds;
        var priority = 0;
        ReadOnlySpan<byte> text = default;
        while (body.NextName())
        {
            var isTtl = body.NameIs("ttl"u8);
            var isBody = body.NameIs("body"u8);
            var isPriority = queue.Priorities && body.NameIs("priority"u8);
            var isDelay = (queue.DelaySeconds > 0 || queue.Delays) && version.MessagesMayBeDelayed && body.NameIs("delay"u8);
            body.Next();
            if (isTtl) ttl = ReadSeconds("ttl", ref body, options.MessageTtlSecondsMin, options.MessageTtlSecondsMax);
            else if (isDelay) delay = ReadSeconds("delay", ref body, 0, options.DelaySecondsMax);
            else if (isPriority) priority = ReadPriority(ref body);
            else if (isBody) text = body.ReadRaw();
            else body.Skip();
        }

        if (ttl is not { } seconds) throw ZaqarRefusal.Body("A message has no ttl; give it one, an integer of seconds.");
        if (text.IsEmpty) throw ZaqarRefusal.Body("A message has no body; give it one, be it null.");
        var fields = new RecordFields
        {
            Producer = _producer,
            Key = Key ?? QueuePriority.KeyOf(priority),
            ContentType = ContentType.Json,
            TtlMicros = Key is null ? seconds * MicrosPerSecond : 0,
            DelayMicros = delay * MicrosPerSecond,
        };
        if (sealing is null) records.Add(fields, text);
        else sealing.Add(records, fields, text);
        notifications?.Add(seconds, delay, text);
    }

    private static int ReadPriority(scoped ref JsonBody body) =>
        body.ReadInteger() is >= 0 and <= QueuePriority.Max and var priority
            ? (int)priority
            : throw ZaqarRefusal.Request($"The priority of a message must be an integer from 0 to {QueuePriority.Max}, the highest.");

    private static long ReadSeconds(string field, scoped ref JsonBody body, int min, int max)
    {
        if (body.ReadInteger() is not { } seconds) throw ZaqarRefusal.Body($"The {field} of a message must be an integer of seconds.");
        return seconds >= min && seconds <= max ? seconds : throw ZaqarRefusal.Request($"The {field} of a message must be {min} to {max} seconds; it is {seconds}.");
    }
}
