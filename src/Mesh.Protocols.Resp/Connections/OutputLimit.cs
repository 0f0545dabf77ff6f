namespace Mesh.Protocols.Resp.Connections;

/// <summary>How much may wait for a client of one class (<c>client-output-buffer-limit</c>); one beyond it is cut off. Zero does not limit.</summary>
/// <param name="HardBytes">At once beyond this.</param>
/// <param name="SoftBytes">Beyond this for longer than <paramref name="SoftTime"/>.</param>
/// <param name="SoftTime">How long.</param>
internal sealed record OutputLimit(long HardBytes, long SoftBytes, TimeSpan SoftTime)
{
    public static readonly OutputLimit None = new(0, 0, TimeSpan.Zero);
}

/// <summary>The limits of all classes; changed while the door is open. Thread-safe.</summary>
internal sealed class OutputLimits(RespOptions options)
{
    private volatile OutputLimit _normal = OutputLimit.None;
    private volatile OutputLimit _subscribers = new(options.SubscriberBytesMax, options.SubscriberSoftBytesMax, options.SubscriberSoftTime);

    /// <summary>Of clients without subscriptions.</summary>
    public OutputLimit Normal
    {
        get => _normal;
        set => _normal = value;
    }

    /// <summary>Of clients with subscriptions.</summary>
    public OutputLimit Subscribers
    {
        get => _subscribers;
        set => _subscribers = value;
    }

    /// <summary>Of replicas, of which there are none: kept to be shown.</summary>
    public OutputLimit Replicas { get; set; } = new(256 * 1024 * 1024, 64 * 1024 * 1024, TimeSpan.FromSeconds(60));
}
