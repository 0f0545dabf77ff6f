using System.Buffers;
using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar.Subscriptions;

/// <summary>Someone who is told of what is posted to a queue (Zaqar specification, section 1.11).</summary>
/// <param name="Id">Its name, opaque to clients; lists are in its order.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Subscriber">Who: a URI, see <see cref="SubscriberUri"/>.</param>
/// <param name="TtlSeconds">How long it lives from <paramref name="SetAt"/>.</param>
/// <param name="SetAt">When it was made or last changed.</param>
/// <param name="Options">A JSON object.</param>
/// <param name="Confirmed">The subscriber has agreed.</param>
internal sealed record Subscription(string Id, StreamName Queue, string Subscriber, long TtlSeconds, DateTimeOffset SetAt, byte[] Options, bool Confirmed)
{
    private const int StoredDepthMax = 1000;

    /// <summary>The queue of what is to be delivered to it.</summary>
    public StreamName Stream => StreamName.Queue(Id, InnerProjects.OfSubscriptions(Queue));

    /// <summary>True once its time is up; it is then as good as deleted.</summary>
    public bool HasExpired(DateTimeOffset now) => (now - SetAt).TotalSeconds >= TtlSeconds;

    /// <summary>Reads what is stored.</summary>
    public static Subscription OfStored(StreamName queue, StreamEntry entry)
    {
        var subscription = new Subscription(entry.Name.Name, queue, "", 0, default, [], false);
        var body = new JsonBody(entry.Metadata.Span, StoredDepthMax);
        body.BeginObject("A stored subscription");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            subscription = name switch
            {
                "subscriber" => subscription with { Subscriber = body.ReadText() },
                "ttl" => subscription with { TtlSeconds = body.ReadInteger() ?? 0 },
                "set" => subscription with { SetAt = DateTimeOffset.FromUnixTimeMilliseconds(body.ReadInteger() ?? 0) },
                "options" => subscription with { Options = body.ReadRaw().ToArray() },
                "confirmed" => subscription with { Confirmed = body.Token == JsonTokenType.True },
                _ => subscription,
            };
        }

        return subscription;
    }

    /// <summary>The stored form.</summary>
    public byte[] ToStored()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("subscriber"u8, Subscriber);
            json.WriteNumber("ttl"u8, TtlSeconds);
            json.WriteNumber("set"u8, SetAt.ToUnixTimeMilliseconds());
            WriteOptions(json);
            json.WriteBoolean("confirmed"u8, Confirmed);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes it as clients see it.</summary>
    public void Write(Utf8JsonWriter json, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("source"u8, Queue.Name);
        json.WriteString("subscriber"u8, Subscriber);
        json.WriteNumber("ttl"u8, TtlSeconds);
        json.WriteNumber("age"u8, Math.Max(0, (long)(now - SetAt).TotalSeconds));
        WriteOptions(json);
        json.WriteBoolean("confirmed"u8, Confirmed);
        json.WriteEndObject();
    }

    private void WriteOptions(Utf8JsonWriter json)
    {
        json.WritePropertyName("options"u8);
        json.WriteRawValue(Options.Length > 0 ? Options : "{}"u8, skipInputValidation: true);
    }
}
