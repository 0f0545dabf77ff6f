using Mesh.Protocols.Http.Zaqar.Delivery.Mail;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Limits of the Zaqar door; the defaults are Zaqar's own (Zaqar specification, section 1.15). Every value is from 1 unless it says otherwise.</summary>
public sealed record ZaqarOptions
{
    /// <summary>Bytes of a key of <see cref="MessageKeys"/>.</summary>
    public const int MessageKeyBytes = 32;

    /// <summary>Queues or messages of a page when a client does not say. Default 10.</summary>
    public int PageDefault { get; init; } = 10;

    /// <summary>Most queues or messages a client may ask for in one page. Default 20; up to 1,000.</summary>
    public int PageMax { get; init; } = 20;

    /// <summary>Messages claimed when a client does not say. Default 10.</summary>
    public int ClaimDefault { get; init; } = 10;

    /// <summary>Most messages of one claim, pop, bulk get or bulk delete. Default 20; up to 1,000.</summary>
    public int ClaimMax { get; init; } = 20;

    /// <summary>Largest metadata of a queue, in bytes of JSON. Default 65,536.</summary>
    public int MetadataBytesMax { get; init; } = 64 * 1024;

    /// <summary>Largest request that posts messages, in bytes; a queue may lower it by its metadata. Default 262,144; up to 32 MiB.</summary>
    public int PostBytesMax { get; init; } = 256 * 1024;

    /// <summary>Shortest time to live of a message, in seconds. Default 60.</summary>
    public int MessageTtlSecondsMin { get; init; } = 60;

    /// <summary>Longest time to live of a message, in seconds. Default 1,209,600: 14 days.</summary>
    public int MessageTtlSecondsMax { get; init; } = 14 * 24 * 3600;

    /// <summary>Time to live of a message when neither it nor its queue says, in seconds. Default 3,600.</summary>
    public int MessageTtlSecondsDefault { get; init; } = 3600;

    /// <summary>Longest delay of a message, in seconds. Default 900; 0 allows none.</summary>
    public int DelaySecondsMax { get; init; } = 900;

    /// <summary>Shortest time to live and grace of a claim, in seconds. Default 60.</summary>
    public int ClaimSecondsMin { get; init; } = 60;

    /// <summary>Longest time to live and grace of a claim, in seconds. Default 43,200: 12 hours.</summary>
    public int ClaimSecondsMax { get; init; } = 12 * 3600;

    /// <summary>Time to live of a claim when a client does not say, in seconds. Default 300.</summary>
    public int ClaimTtlSecondsDefault { get; init; } = 300;

    /// <summary>Grace of a claim when a client does not say, in seconds. Default 60.</summary>
    public int ClaimGraceSecondsDefault { get; init; } = 60;

    /// <summary>Under which URLs are signed. Null, the default, makes one once and keeps it with the data.</summary>
    public string? SigningSecret { get; init; }

    /// <summary>Subscribers are told of messages. Default true; when false, what they are to be told is kept until a server with it on is there.</summary>
    public bool DeliveryIsOn { get; init; } = true;

    /// <summary>Webhooks may be at loopback, link-local and private addresses. Default false: clients could make the server call what only it can reach.</summary>
    public bool WebhooksMayBePrivate { get; init; }

    /// <summary>Subscribers must confirm before they are told of anything. Default false.</summary>
    public bool ConfirmationIsRequired { get; init; }

    /// <summary>Calls to one subscriber at a time. Default 4; up to 100.</summary>
    public int DeliveriesPerSubscriberMax { get; init; } = 4;

    /// <summary>How long one attempt to reach a subscriber may take. Default 10 s; 100 ms to 5 minutes.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often all subscriptions are looked at for deliveries that nobody is at. Default 10 s; 100 ms to 1 hour.</summary>
    public TimeSpan DeliverySweepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The SMTP server through which mail goes to mailto subscribers. Default null: no mail is sent.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>
    /// Keys for queues that encrypt their messages, 32 random bytes each: the first seals, all of them open, so that a new one is put before the old ones. Default none: no
    /// queue can encrypt.
    /// </summary>
    public IReadOnlyList<byte[]> MessageKeys { get; init; } = [];

    /// <summary>Seconds that a list or a claim waits for a first message at most, whatever it asks for. Default 60; from 0.</summary>
    public int WaitSecondsMax { get; init; } = 60;

    /// <summary>Requests that wait for messages at once. Default 20,000; 0 to 1,000,000.</summary>
    public int WaitsMax { get; init; } = 20_000;

    /// <summary>Messages are shown with a checksum of their bodies. Default false.</summary>
    public bool ChecksumsAreShown { get; init; }

    /// <summary>Pools and flavors can be seen and changed by whoever says that they are an admin. Default true; when false, those that there are still hold their queues.</summary>
    public bool PoolsAreOpen { get; init; } = true;

    /// <summary>Client-ID headers must be UUIDs. Default true; else any text within the two bounds below names a client.</summary>
    public bool ClientIdsAreUuids { get; init; } = true;

    /// <summary>Shortest Client-ID that is no UUID, in characters. Default 10.</summary>
    public int ClientIdCharsMin { get; init; } = 10;

    /// <summary>Longest Client-ID that is no UUID, in characters. Default 36; up to 256.</summary>
    public int ClientIdCharsMax { get; init; } = 36;

    /// <summary>Objects and arrays within one another in a request. Default 64; up to 1,000.</summary>
    public int JsonDepthMax { get; init; } = 64;

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal void Check()
    {
        Check(PageMax, 1, 1000, nameof(PageMax));
        Check(PageDefault, 1, PageMax, nameof(PageDefault));
        Check(ClaimMax, 1, 1000, nameof(ClaimMax));
        Check(ClaimDefault, 1, ClaimMax, nameof(ClaimDefault));
        Check(MetadataBytesMax, 1, 16 * 1024 * 1024, nameof(MetadataBytesMax));
        Check(PostBytesMax, 1, 32 * 1024 * 1024, nameof(PostBytesMax));
        Check(MessageTtlSecondsMin, 1, int.MaxValue, nameof(MessageTtlSecondsMin));
        Check(MessageTtlSecondsMax, MessageTtlSecondsMin, int.MaxValue, nameof(MessageTtlSecondsMax));
        Check(MessageTtlSecondsDefault, MessageTtlSecondsMin, MessageTtlSecondsMax, nameof(MessageTtlSecondsDefault));
        Check(DelaySecondsMax, 0, int.MaxValue, nameof(DelaySecondsMax));
        Check(ClaimSecondsMin, 1, int.MaxValue, nameof(ClaimSecondsMin));
        Check(ClaimSecondsMax, ClaimSecondsMin, int.MaxValue, nameof(ClaimSecondsMax));
        Check(ClaimTtlSecondsDefault, ClaimSecondsMin, ClaimSecondsMax, nameof(ClaimTtlSecondsDefault));
        Check(ClaimGraceSecondsDefault, ClaimSecondsMin, ClaimSecondsMax, nameof(ClaimGraceSecondsDefault));
        Check(DeliveriesPerSubscriberMax, 1, 100, nameof(DeliveriesPerSubscriberMax));
        Smtp?.Check();
        Check((int)Math.Min(DeliveryTimeout.TotalMilliseconds, int.MaxValue), 100, 300_000, nameof(DeliveryTimeout));
        Check((int)Math.Min(DeliverySweepInterval.TotalMilliseconds, int.MaxValue), 100, 3_600_000, nameof(DeliverySweepInterval));
        Check(ClientIdCharsMax, 1, 256, nameof(ClientIdCharsMax));
        Check(ClientIdCharsMin, 1, ClientIdCharsMax, nameof(ClientIdCharsMin));
        Check(JsonDepthMax, 1, 1000, nameof(JsonDepthMax));
        Check(WaitSecondsMax, 0, 3600, nameof(WaitSecondsMax));
        Check(WaitsMax, 0, 1_000_000, nameof(WaitsMax));
        foreach (var key in MessageKeys) Check(key.Length, MessageKeyBytes, MessageKeyBytes, "bytes in each of " + nameof(MessageKeys));
    }

    private static void Check(int value, int min, int max, string name)
    {
        if (value < min || value > max) throw new ArgumentException($"{name} must be {min} to {max}; it is {value}.");
    }
}
