using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Changes a queue's metadata, key by key (Zaqar specification, section 1.9).</summary>
internal readonly struct MetadataPatch
{
    /// <summary>The only media type that a change may have, compared exactly.</summary>
    public const string ContentType = "application/openstack-messaging-v2.0-json-patch";

    private readonly List<Change> _changes;

    private MetadataPatch(List<Change> changes) => _changes = changes;

    /// <exception cref="ZaqarRefusal">It is no list of changes.</exception>
    public static MetadataPatch Parse(ReadOnlySpan<byte> json, int depthMax)
    {
        var body = new JsonBody(json, depthMax);
        if (!body.Next() || body.Token != JsonTokenType.StartArray) throw ZaqarRefusal.Body("A change of metadata must be a JSON array of operations.");
        var changes = new List<Change>();
        while (body.Next() && body.Token != JsonTokenType.EndArray) changes.Add(ParseOne(ref body));
        body.End();
        return changes.Count > 0 ? new MetadataPatch(changes) : throw ZaqarRefusal.Body("A change of metadata must hold at least one operation.");
    }

    /// <summary>Does all changes, in order.</summary>
    /// <exception cref="ZaqarRefusal">A key to be replaced or removed is not there.</exception>
    public void Apply(QueueMetadata metadata, ReservedKeys keys)
    {
        foreach (var change in _changes)
        {
            if (change.Operation != Operation.Add && !metadata.Contains(change.Key) && !keys.IsShown(change.Key))
                throw ZaqarRefusal.Conflict($"The metadata has no key {change.Key} to {(change.Operation == Operation.Remove ? "remove" : "replace")}.");
            if (change.Operation == Operation.Remove) metadata.Remove(change.Key);
            else metadata.Set(change.Key, change.Value);
        }
    }

    private static Change ParseOne(scoped ref JsonBody body)
    {
        if (body.Token != JsonTokenType.StartObject) throw ZaqarRefusal.Body("Every operation must be a JSON object with op, path and value.");
        string? operation = null;
        string? path = null;
        byte[]? value = null;
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            if (name == "op") operation = ReadText(name, body);
            else if (name == "path") path = ReadText(name, body);
            else if (name == "value") value = body.ReadRaw().ToArray();
            body.Skip();
        }

        var parsed = ParseOperation(operation);
        if (value is null && parsed != Operation.Remove) throw ZaqarRefusal.Body($"The operation {operation} needs a value.");
        return new Change(parsed, ParsePath(path), value ?? []);
    }

    private static string ReadText(string name, in JsonBody body) =>
        body.Token == JsonTokenType.String ? body.ReadText() : throw ZaqarRefusal.Body($"The {name} of an operation must be a string.");

    private static Operation ParseOperation(string? text) => text switch
    {
        "add" => Operation.Add,
        "replace" => Operation.Replace,
        "remove" => Operation.Remove,
        _ => throw ZaqarRefusal.Body($"An operation's op must be add, replace or remove; it is {text ?? "missing"}."),
    };

    /// <summary>The key of <c>/metadata/key</c>, its escapes (RFC 6901) decoded.</summary>
    private static string ParsePath(string? path)
    {
        var parts = path?.Split('/');
        if (parts is not ["", var first, { Length: > 0 } key] || !first.Equals("metadata", StringComparison.OrdinalIgnoreCase) || HasBadEscape(key))
            throw ZaqarRefusal.Body($"An operation's path must be /metadata/ and a key; it is {path ?? "missing"}.");
        return key.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }

    private static bool HasBadEscape(string key)
    {
        for (var at = key.IndexOf('~'); at >= 0; at = key.IndexOf('~', at + 1))
            if (at + 1 == key.Length || key[at + 1] is not ('0' or '1')) return true;
        return false;
    }

    private enum Operation
    {
        Add,
        Replace,
        Remove,
    }

    private readonly record struct Change(Operation Operation, string Key, byte[] Value);
}
