namespace Mesh.Client;

/// <summary>Which records a reader wants. All that is given must match; the server looks, so that others do not travel.</summary>
public sealed record RecordFilter
{
    /// <summary>Redis's glob over the key: <c>* ? [a-z]</c> and <c>\</c> to take the next character as it is. Empty matches every record.</summary>
    public string KeyPattern { get; init; } = "";

    /// <summary>Each must be there with this value.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    internal V1.Filter ToMessage()
    {
        var message = new V1.Filter { KeyPattern = KeyPattern };
        foreach (var (name, value) in Tags) message.Tags[name] = value;
        return message;
    }
}
