using Mesh.Protocols.Http.Zaqar.Subscriptions;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>What became of an attempt to tell a subscriber something.</summary>
internal enum DeliveryOutcome
{
    Delivered,

    /// <summary>It may work another time.</summary>
    Failed,

    /// <summary>Only another server can reach this subscriber.</summary>
    Elsewhere,
}

/// <summary>What an attempt came to.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed, for the log; null when it did not.</param>
internal readonly record struct DeliveryResult(DeliveryOutcome Outcome, string? Reason = null)
{
    public static readonly DeliveryResult Delivered = new(DeliveryOutcome.Delivered);

    public static DeliveryResult Failed(string reason) => new(DeliveryOutcome.Failed, reason);
}

/// <summary>Tells one kind of subscriber. Thread-safe.</summary>
internal interface ISender
{
    /// <summary>Tries once, for a bounded time.</summary>
    /// <param name="subscription">Whom.</param>
    /// <param name="options">Its options.</param>
    /// <param name="note">What: a JSON object.</param>
    /// <param name="cancel">Ends the attempt.</param>
    Task<DeliveryResult> SendAsync(Subscription subscription, DeliveryOptions options, ReadOnlyMemory<byte> note, CancellationToken cancel);
}
