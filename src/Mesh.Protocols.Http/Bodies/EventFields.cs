using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Bodies;

/// <summary>What an encoded protobus event says beside its payload (protobus specification, 2.2).</summary>
internal sealed class EventFields
{
    private const int TopicField = 1;
    private const int TagsField = 2;

    private EventFields()
    {
    }

    /// <summary>UTF-8, perhaps empty.</summary>
    public byte[] Topic { get; private set; } = [];

    /// <summary>Of a name that comes twice the last counts, as in protobuf.</summary>
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <returns>Null for bytes that are no event.</returns>
    public static EventFields? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var read = new EventFields();
            for (var at = 0; at < body.Length;)
                if (!read.Take(Field.Next(body, ref at))) return null;
            return read;
        }
        catch (CorruptFrameException)
        {
            return null;
        }
    }

    /// <summary>Writes the member <c>eventTags</c>, where an event has tags.</summary>
    public static void WriteTags(Utf8JsonWriter json, ReadOnlySpan<byte> body)
    {
        if (Read(body) is not { Tags.Count: > 0 } fields) return;
        json.WriteStartObject("eventTags"u8);
        foreach (var (name, value) in fields.Tags) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private bool Take(scoped Field field)
    {
        switch (field.Number)
        {
            case TopicField:
                Topic = field.Bytes.ToArray();
                return Utf8.IsValid(field.Bytes);
            case TagsField:
                return TakeTag(field.Bytes);
            default:
                return true;
        }
    }

    private bool TakeTag(ReadOnlySpan<byte> entry)
    {
        var (name, text) = ("", "");
        for (var at = 0; at < entry.Length;)
        {
            var part = Field.Next(entry, ref at);
            if (!Utf8.IsValid(part.Bytes)) return false;
            if (part.Number == 1) name = Encoding.UTF8.GetString(part.Bytes);
            if (part.Number == 2) text = Encoding.UTF8.GetString(part.Bytes);
        }

        Tags[name] = text;
        return true;
    }

    /// <summary>A field that has a length; of others the number is 0.</summary>
    private readonly ref struct Field(int number, ReadOnlySpan<byte> bytes)
    {
        public int Number { get; } = number;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        public static Field Next(ReadOnlySpan<byte> message, scoped ref int at)
        {
            var tag = Varint.Read(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint.Read(message, ref at);
                    return default;
                case 2:
                    return new Field((int)(tag >> 3), Varint.ReadBlock(message, ref at));
                case 1 when message.Length - at >= sizeof(ulong):
                    at += sizeof(ulong);
                    return default;
                case 5 when message.Length - at >= sizeof(uint):
                    at += sizeof(uint);
                    return default;
                default:
                    throw new CorruptFrameException("The bytes are no field of protobuf.");
            }
        }
    }
}
