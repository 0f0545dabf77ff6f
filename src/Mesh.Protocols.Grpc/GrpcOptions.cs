namespace Mesh.Protocols.Grpc;

/// <summary>Bounds of the gRPC door.</summary>
public sealed record GrpcOptions
{
    /// <summary>Largest message that a client may send, in bytes, before and after inflating; a larger one ends its call with RESOURCE_EXHAUSTED.
    /// Default 4,194,304; 1,024 to 16,777,216.</summary>
    public int MessageBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// How many bytes of events one Publish call gathers while an append of it is being committed; then it reads no further until the commit.
    /// A call holds at most this twice, and one message. Default 1,048,576; 65,536 to 16,777,216.
    /// </summary>
    public int SegmentBytesMax { get; init; } = 1024 * 1024;

    /// <summary>How long a Publish call that has no nearer deadline goes on offering events to a partition that is busy, before it ends with RESOURCE_EXHAUSTED.
    /// Default 5 s; 0 to 5 minutes.</summary>
    public TimeSpan BusyWaitMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a subscriber may take nothing of what is sent to it, before its call ends with RESOURCE_EXHAUSTED and the positions to go on from.
    /// Default 5 minutes; 1 s to 1 day.</summary>
    public TimeSpan SubscriberStallMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest list of patterns of one subscription: bytes of all of them together. Default 4,096; 1 to 65,536.</summary>
    public int PatternBytesMax { get; init; } = 4096;

    /// <summary>Largest topic, in bytes of UTF-8. Default 4,096; 1 to 65,536.</summary>
    public int TopicBytesMax { get; init; } = 4096;

    /// <summary>Calls open at a time; one more is refused with RESOURCE_EXHAUSTED. Default 10,000; 1 to 1,000,000.</summary>
    public int CallsMax { get; init; } = 10_000;

    /// <exception cref="ArgumentException">A value is out of its range; the message names the key.</exception>
    public void Check()
    {
        Check(nameof(MessageBytesMax), MessageBytesMax, 1024, 16 * 1024 * 1024);
        Check(nameof(SegmentBytesMax), SegmentBytesMax, 64 * 1024, 16 * 1024 * 1024);
        Check(nameof(BusyWaitMax), BusyWaitMax, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Check(nameof(SubscriberStallMax), SubscriberStallMax, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Check(nameof(PatternBytesMax), PatternBytesMax, 1, 65_536);
        Check(nameof(TopicBytesMax), TopicBytesMax, 1, 65_536);
        Check(nameof(CallsMax), CallsMax, 1, 1_000_000);
    }

    private static void Check<T>(string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new ArgumentException($"Grpc:{key} must be {least} to {most}; it is {value}.");
    }
}
