using System.Globalization;
using System.Text;
using System.Text.Json;
using Mesh.Protocols.Http.Zaqar.Delivery;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The keys of a queue's metadata that mean something to the server: what they may hold, what they do, and how they are shown (Zaqar specification, section 1.7).</summary>
internal sealed class ReservedKeys
{
    private const string PostBytesMax = "_max_messages_post_size";
    private const string MessageTtl = "_default_message_ttl";
    private const string MessageDelay = "_default_message_delay";
    private const string DeadLetterQueue = "_dead_letter_queue";
    private const string DeadLetterTtl = "_dead_letter_queue_messages_ttl";
    private const string ClaimCountMax = "_max_claim_count";
    private const string Encrypt = "_enable_encrypt_messages";
    private const string Delays = "_enable_message_delay";
    private const string PrioritiesKey = "_enable_message_priority";
    private const string RepeatWindow = "_idempotency_window";
    private const string RetryPolicyKey = "_retry_policy";
    private const string Flavor = "_flavor";

    /// <summary>7 days: what a stream keeps at most.</summary>
    private const int RepeatWindowSecondsMax = 7 * 24 * 3600;

    private readonly ZaqarOptions _options;
    private readonly (string Name, byte[] Default)[] _shown;

    public ReservedKeys(ZaqarOptions options)
    {
        _options = options;
        _shown =
        [
            (PostBytesMax, Number(options.PostBytesMax)),
            (MessageTtl, Number(options.MessageTtlSecondsDefault)),
            (MessageDelay, Number(0)),
            (DeadLetterQueue, "null"u8.ToArray()),
            (DeadLetterTtl, "null"u8.ToArray()),
            (ClaimCountMax, "null"u8.ToArray()),
            (Encrypt, "false"u8.ToArray()),
        ];
    }

    /// <summary>True for a key that is always shown, set or not.</summary>
    public bool IsShown(string name) => Array.Exists(_shown, key => key.Name == name);

    /// <exception cref="ZaqarRefusal">A value is not of the kind, or not within the bounds, that its key takes.</exception>
    public void Check(QueueMetadata metadata, string queue)
    {
        CheckInteger(metadata, PostBytesMax, 1, _options.PostBytesMax);
        CheckInteger(metadata, MessageTtl, _options.MessageTtlSecondsMin, _options.MessageTtlSecondsMax);
        CheckInteger(metadata, MessageDelay, 0, _options.DelaySecondsMax);
        CheckInteger(metadata, ClaimCountMax, 0, int.MaxValue);
        CheckInteger(metadata, DeadLetterTtl, _options.MessageTtlSecondsMin, _options.MessageTtlSecondsMax);
        CheckInteger(metadata, RepeatWindow, 1, RepeatWindowSecondsMax);
        CheckFlag(metadata, Delays);
        CheckFlag(metadata, PrioritiesKey);
        CheckFlag(metadata, Encrypt);
        var encrypt = metadata.Find(Encrypt);
        if (_options.MessageKeys.Count == 0 && encrypt.SequenceEqual("true"u8)) throw ZaqarRefusal.Request($"The queue cannot have {Encrypt}: this server has no keys to encrypt messages with. Start it with --zaqar-message-keys, or leave the key out.");
        var retry = metadata.Find(RetryPolicyKey);
        if (!retry.IsEmpty && retry[0] != '{') throw Wrong(RetryPolicyKey, "a JSON object", retry);
        if (!retry.IsEmpty) RetryPolicy.Parse(retry);
        if (!metadata.Find(Flavor).IsEmpty && metadata.FindText(Flavor) is null) throw Wrong(Flavor, "the name of a flavor", metadata.Find(Flavor));
        CheckDeadLetterQueue(metadata, queue);
    }

    /// <summary>The flavor that a queue asks for; null when it asks for none.</summary>
    public static string? FlavorOf(QueueMetadata metadata) => metadata.FindText(Flavor) is { Length: > 0 } flavor ? flavor : null;

    public QueueSettings Settings(QueueMetadata metadata) => new(
        (int)(PositiveOrNull(metadata, MessageTtl) ?? _options.MessageTtlSecondsDefault),
        (int)(PositiveOrNull(metadata, MessageDelay) ?? 0),
        (int)Math.Min(PositiveOrNull(metadata, PostBytesMax) ?? _options.PostBytesMax, _options.PostBytesMax),
        metadata.Find(Encrypt).SequenceEqual("true"u8),
        metadata.Find(Delays).SequenceEqual("true"u8),
        metadata.Find(PrioritiesKey).SequenceEqual("true"u8),
        metadata.Find(RetryPolicyKey) is { IsEmpty: false } policy ? RetryPolicy.Parse(policy) : null);

    /// <summary>What the engine must know; other options stay as they are. Dead letters need both the count and the queue (section 1.8).</summary>
    public static StreamOptions Apply(QueueMetadata metadata, StreamOptions options)
    {
        var target = metadata.FindText(DeadLetterQueue);
        var count = string.IsNullOrEmpty(target) ? null : PositiveOrNull(metadata, ClaimCountMax);
        return options with
        {
            Flavor = FlavorOf(metadata),
            Priorities = metadata.Find(PrioritiesKey).SequenceEqual("true"u8) ? true : null,
            DedupeWindow = PositiveOrNull(metadata, RepeatWindow) is { } window ? TimeSpan.FromSeconds(window) : StreamOptions.Default.DedupeWindow,
            DeliveryCountMax = (int?)count,
            DeadLetterQueue = count is null ? null : target,
            DeadLetterTtl = count is not null && PositiveOrNull(metadata, DeadLetterTtl) is { } ttl ? TimeSpan.FromSeconds(ttl) : null,
        };
    }

    /// <summary>Writes the metadata as it is shown: the reserved keys, with their defaults where nothing is set, and then the user's.</summary>
    public void Write(Utf8JsonWriter json, QueueMetadata metadata)
    {
        json.WriteStartObject();
        foreach (var (name, byDefault) in _shown)
        {
            var value = metadata.Find(name);
            QueueMetadata.WriteValue(json, name, IsNothing(value) ? byDefault : value);
        }

        foreach (var (name, value) in metadata.Values)
            if (!IsShown(name)) QueueMetadata.WriteValue(json, name, value);
        json.WriteEndObject();
    }

    private static void CheckDeadLetterQueue(QueueMetadata metadata, string queue)
    {
        var json = metadata.Find(DeadLetterQueue);
        if (json.IsEmpty) return;
        if (metadata.FindText(DeadLetterQueue) is not { } target || (target.Length > 0 && !RequestRules.IsQueueName(target)))
            throw Wrong(DeadLetterQueue, "the name of a queue", json);
        if (target == queue) throw Wrong(DeadLetterQueue, "the name of another queue", json);
    }

    private static void CheckInteger(QueueMetadata metadata, string name, int min, int max)
    {
        var json = metadata.Find(name);
        if (json.IsEmpty || (metadata.FindInteger(name) is { } value && value >= min && value <= max)) return;
        throw Wrong(name, $"an integer from {min} to {max}", json);
    }

    private static long? PositiveOrNull(QueueMetadata metadata, string name) => metadata.FindInteger(name) is > 0 and var value ? value : null;

    private static void CheckFlag(QueueMetadata metadata, string name)
    {
        var value = metadata.Find(name);
        if (!value.IsEmpty && !value.SequenceEqual("true"u8) && !value.SequenceEqual("false"u8)) throw Wrong(name, "true or false", value);
    }

    private static bool IsNothing(ReadOnlySpan<byte> json) => json.IsEmpty || json is [(byte)'0'] || json.SequenceEqual("false"u8) || json.SequenceEqual("\"\""u8);

    private static byte[] Number(int value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    private static ZaqarRefusal Wrong(string name, string right, ReadOnlySpan<byte> seen) =>
        ZaqarRefusal.Request($"The metadata key {name} takes {right}; it is {Encoding.UTF8.GetString(seen[..Math.Min(seen.Length, 100)])}.");
}
