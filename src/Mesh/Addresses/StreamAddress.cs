using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Mesh.Addresses;

/// <summary>
/// Names a stream, or the records of one key of a stream, in every door alike: <c>kind:name</c>, and for channels <c>channel:tree/key</c>. Behind the colon stands
/// what the stream is named, letter by letter: <c>channel:acct/agent7</c> is key <c>/agent7</c> of tree <c>acct</c>, <c>channel:acct</c> the whole tree,
/// <c>ring:a/b</c> the ring <c>a/b</c>, <c>topic:metrics.cpu</c> the records of that topic. Compared exactly; two different texts never mean the same.
/// </summary>
public sealed record StreamAddress
{
    /// <summary>Bytes of what stands behind the colon, as UTF-8, at the most; 1 at the least.</summary>
    public const int NameBytesMax = 4096;

    private const string Kinds = "channel, queue, ring, topic, partition or room";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private StreamAddress(AddressKind kind, string name, string? key) => (Kind, Name, Key) = (kind, name, key);

    public AddressKind Kind { get; }

    /// <summary>The stream's name; a topic's for topics. Empty only for a channel of the tree without a name.</summary>
    public string Name { get; }

    /// <summary>Channels: the path below the tree's root, beginning with a slash. Null: the whole stream, or a topic, whose key is its name.</summary>
    public string? Key { get; }

    /// <exception cref="ArgumentException">The names break a rule; the message says which, and what would be right.</exception>
    public static StreamAddress Of(AddressKind kind, string name, string? key = null)
    {
        if (key is not null && (kind != AddressKind.Channel || !key.StartsWith('/')))
            throw new ArgumentException($"Only channels have keys, which begin with a slash; '{key}' is none.", nameof(key));
        if (kind == AddressKind.Channel && name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"The name of a tree has no slash; '{name}' has one.", nameof(name));
        return NameFault(name + key) is { } fault ? throw new ArgumentException(fault, nameof(name)) : new StreamAddress(kind, name, key);
    }

    /// <param name="text">Such as <c>ring:55</c>.</param>
    /// <param name="address">What it names; null when it names nothing.</param>
    /// <param name="fault">A sentence that says what is wrong and what would be right; null when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out StreamAddress? address, [NotNullWhen(false)] out string? fault)
    {
        address = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            fault = $"An address is kind:name, such as ring:55 or channel:acct/agent7; '{Shown(text)}' has no colon.";
            return false;
        }

        if (KindOf(text.AsSpan(0, colon)) is not { } kind)
        {
            fault = $"An address begins with {Kinds}, in lower case, and a colon; '{Shown(text)}' begins with '{Shown(text[..colon])}'.";
            return false;
        }

        fault = NameFault(text[(colon + 1)..]);
        if (fault is not null) return false;
        address = Split(kind, text[(colon + 1)..]);
        return true;
    }

    /// <exception cref="FormatException">The text is no address; the message says what is wrong and what would be right.</exception>
    public static StreamAddress Parse(string text) => TryParse(text, out var address, out var fault) ? address : throw new FormatException(fault);

    /// <summary>The address of a stream as a whole.</summary>
    /// <exception cref="ArgumentException">The stream's name is longer than an address takes, or no text.</exception>
    public static StreamAddress Of(StreamName stream) => Of(KindOf(stream.Kind), stream.Name);

    /// <returns>False for a stream that no address names: its name is empty, too long or, of a channel's tree, has a slash.</returns>
    public static bool TryOf(StreamName stream, [NotNullWhen(true)] out StreamAddress? address)
    {
        var isNamed = NameFault(stream.Name) is null && (stream.Kind != StreamKind.Channel || !stream.Name.Contains('/', StringComparison.Ordinal));
        address = isNamed ? Of(stream) : null;
        return address is not null;
    }

    public override string ToString() => string.Concat(WordOf(Kind), ":", Name, Key);

    private static StreamAddress Split(AddressKind kind, string name)
    {
        var slash = kind == AddressKind.Channel ? name.IndexOf('/', StringComparison.Ordinal) : -1;
        return slash < 0 ? new StreamAddress(kind, name, null) : new StreamAddress(kind, name[..slash], name[slash..]);
    }

    private static string? NameFault(string name)
    {
        if (name.Length == 0) return "An address has a name behind its colon, such as ring:55; this one has none.";
        try
        {
            var bytes = Utf8.GetByteCount(name);
            return bytes <= NameBytesMax ? null : $"What stands behind an address's colon has at most {NameBytesMax} bytes; this has {bytes}.";
        }
        catch (EncoderFallbackException lone)
        {
            return $"An address is text; this one holds half a surrogate pair at index {lone.Index} of its name.";
        }
    }

    private static AddressKind? KindOf(ReadOnlySpan<char> word) => word switch
    {
        "channel" => AddressKind.Channel,
        "queue" => AddressKind.Queue,
        "ring" => AddressKind.Ring,
        "topic" => AddressKind.Topic,
        "partition" => AddressKind.Partition,
        "room" => AddressKind.Room,
        _ => null,
    };

    private static string WordOf(AddressKind kind) => kind switch
    {
        AddressKind.Channel => "channel",
        AddressKind.Queue => "queue",
        AddressKind.Ring => "ring",
        AddressKind.Topic => "topic",
        AddressKind.Partition => "partition",
        AddressKind.Room => "room",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of address."),
    };

    private static AddressKind KindOf(StreamKind kind) => kind switch
    {
        StreamKind.Channel => AddressKind.Channel,
        StreamKind.Queue => AddressKind.Queue,
        StreamKind.Ring => AddressKind.Ring,
        StreamKind.Partition => AddressKind.Partition,
        StreamKind.Room => AddressKind.Room,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of stream."),
    };

    /// <summary>No error text grows with what it is about.</summary>
    private static string Shown(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
