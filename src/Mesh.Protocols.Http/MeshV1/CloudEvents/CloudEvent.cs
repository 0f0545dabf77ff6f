using System.Globalization;
using System.Text;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;
using Mesh.Protocols.Http.MeshV1.Records;

namespace Mesh.Protocols.Http.MeshV1.CloudEvents;

/// <summary>
/// The attributes of an event (CloudEvents 1.0.2, section "Context Attributes") and how they stand in a record: each is a tag <c>ce-NAME</c>, the record's body is the
/// event's data, its content type the event's, and its key the event's <c>partitionkey</c>. Not thread-safe.
/// </summary>
internal sealed class CloudEvent
{
    public const string SpecVersion = "1.0";
    public const string TagPrefix = "ce-";
    public const string PartitionKey = "partitionkey";

    /// <summary>What records say of their place, as an extension.</summary>
    public const string SequenceName = "meshsequence";

    private const int ValueCharsMax = 4096;
    private const int NameCharsMax = 64;

    private static readonly string[] Required = ["id", "source", "type"];

    /// <summary>By name, without specversion and datacontenttype.</summary>
    public Dictionary<string, string> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>Null when the event says nothing of its data.</summary>
    public string? DataContentType { get; set; }

    /// <summary>Takes an attribute as it came.</summary>
    /// <exception cref="V1Refusal">Name or value break a rule.</exception>
    public void Set(string name, string value, string place)
    {
        if (name == "specversion")
        {
            if (value != SpecVersion) throw V1Refusal.Invalid($"{place}specversion must be {SpecVersion}; it is '{value}'.");
            return;
        }

        if (name is "data" or { Length: 0 or > NameCharsMax } || name.Any(letter => letter is not ((>= 'a' and <= 'z') or (>= '0' and <= '9'))))
            throw V1Refusal.Invalid($"{place}{name} is no name of an attribute: it has 1 to {NameCharsMax} lower-case letters and digits.");
        if (value.Length is 0 or > ValueCharsMax || value.Any(char.IsControl))
            throw V1Refusal.Invalid($"{place}{name} has 1 to {ValueCharsMax} characters, none of them a control character.");
        if (name == "time" && !DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _)) throw V1Refusal.Invalid($"{place}time must be RFC 3339; it is '{value}'.");
        if (name == "datacontenttype") DataContentType = value;
        else Attributes[name] = value;
    }

    /// <summary>The record that keeps the event.</summary>
    /// <exception cref="V1Refusal">A required attribute is missing.</exception>
    public NewRecord ToRecord(string place)
    {
        foreach (var name in Required)
            if (!Attributes.ContainsKey(name)) throw V1Refusal.Invalid($"{place}{name} is missing; an event has specversion, id, source and type.");
        var record = new NewRecord { Place = place, ContentType = DataContentType ?? "" };
        if (Attributes.TryGetValue(PartitionKey, out var key)) record.Key = Encoding.UTF8.GetBytes(key);
        record.Tags.Add("ce-specversion"u8, "1.0"u8);
        foreach (var (name, value) in Attributes)
            if (name is not (PartitionKey or SequenceName)) record.Tags.Add(Encoding.UTF8.GetBytes(TagPrefix + name), Encoding.UTF8.GetBytes(value));
        return record;
    }

    /// <summary>
    /// A record as an event: the one that was published, or else one whose source is the stream, whose id is the sequence and whose type is <c>mesh.record</c>.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="stream">That holds it.</param>
    public static CloudEvent Of(in RecordView record, StreamName stream)
    {
        var of = new CloudEvent();
        var type = BodyTypes.NameOf(record);
        if (type != BodyTypes.Bytes || !record.Body.IsEmpty) of.DataContentType = type;
        var isEvent = TagsReader.TryFind(record.Tags, "ce-specversion"u8, out _);
        if (isEvent) of.Restore(record);
        else of.Describe(record, stream);
        if (isEvent && type == BodyTypes.Bytes) of.DataContentType = null;
        if (!record.Key.IsEmpty) of.Attributes[PartitionKey] = Encoding.UTF8.GetString(record.Key);
        of.Attributes[SequenceName] = record.Sequence.ToString();
        return of;
    }

    private void Restore(in RecordView record)
    {
        for (var tags = new TagsReader(record.Tags); tags.MoveNext();)
        {
            var name = Encoding.UTF8.GetString(tags.Name);
            if (name.StartsWith(TagPrefix, StringComparison.Ordinal) && name != "ce-specversion") Attributes[name[TagPrefix.Length..]] = Encoding.UTF8.GetString(tags.Value);
        }
    }

    private void Describe(in RecordView record, StreamName stream)
    {
        Attributes["id"] = record.Sequence.ToString();
        Attributes["source"] = $"/mesh/v1/streams/{(StreamAddress.TryOf(stream, out var address) ? Uri.EscapeDataString(address.ToString()) : "")}?project={Uri.EscapeDataString(stream.Project)}";
        Attributes["type"] = "mesh.record";
        Attributes["time"] = V1Text.Of(record.Time);
        if (!record.Key.IsEmpty) Attributes["subject"] = Encoding.UTF8.GetString(record.Key);
    }
}
