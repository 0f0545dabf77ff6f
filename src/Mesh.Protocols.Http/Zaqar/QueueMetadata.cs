using System.Buffers.Text;
using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The JSON object that users keep with a queue: keys and the text of each value. Not thread-safe.</summary>
internal sealed class QueueMetadata
{
    /// <summary>Depth for metadata that was accepted before, under whatever bound.</summary>
    private const int StoredDepthMax = 1000;

    private readonly OrderedDictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    private QueueMetadata()
    {
    }

    /// <summary>Metadata without a key, to be filled.</summary>
    public static QueueMetadata Empty => new();

    public IEnumerable<KeyValuePair<string, byte[]>> Values => _values;

    /// <summary>Reads what a client sends.</summary>
    /// <exception cref="ZaqarRefusal">It is no JSON object.</exception>
    public static QueueMetadata Parse(ReadOnlySpan<byte> json, int depthMax)
    {
        var metadata = new QueueMetadata();
        if (json.IsEmpty) return metadata;
        var body = new JsonBody(json, depthMax);
        body.BeginObject("The metadata of a queue");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            metadata._values[name] = body.ReadRaw().ToArray();
        }

        body.End();
        return metadata;
    }

    /// <summary>Reads what is stored.</summary>
    public static QueueMetadata OfStored(StreamEntry? entry) => Parse(entry is null ? default : entry.Metadata.Span, StoredDepthMax);

    public bool Contains(string name) => _values.ContainsKey(name);

    public void Set(string name, ReadOnlySpan<byte> json) => _values[name] = json.ToArray();

    public void Remove(string name) => _values.Remove(name);

    /// <summary>Takes another's keys in place of its own.</summary>
    public void ReplaceBy(QueueMetadata other)
    {
        _values.Clear();
        foreach (var (name, value) in other._values) _values[name] = value;
    }

    /// <returns>Null when the key is missing or its value is null.</returns>
    public ReadOnlySpan<byte> Find(string name) => _values.TryGetValue(name, out var json) && !json.AsSpan().SequenceEqual("null"u8) ? json : default;

    /// <returns>Null when the key is missing or its value is no integer.</returns>
    public long? FindInteger(string name)
    {
        var json = Find(name);
        return !json.IsEmpty && Utf8Parser.TryParse(json, out long value, out var read) && read == json.Length ? value : null;
    }

    /// <returns>Null when the key is missing or its value is no text.</returns>
    public string? FindText(string name)
    {
        var json = Find(name);
        if (json.IsEmpty || json[0] != '"') return null;
        var body = new JsonBody(json, StoredDepthMax);
        body.Next();
        return body.ReadText();
    }

    /// <summary>The stored form.</summary>
    public byte[] ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json);
        }

        return bytes.ToArray();
    }

    /// <summary>Writes every key as it was set.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, value) in _values) WriteValue(json, name, value);
        json.WriteEndObject();
    }

    public static void WriteValue(Utf8JsonWriter json, string name, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }
}
