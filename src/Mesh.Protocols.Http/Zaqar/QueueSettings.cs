using Mesh.Protocols.Http.Zaqar.Delivery;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>What the reserved keys of a queue's metadata ask of posts to it (Zaqar specification, section 1.7).</summary>
/// <param name="MessageTtlSeconds">Time to live of a message that does not say.</param>
/// <param name="DelaySeconds">Delay of a message that does not say; with 0 a message has one only where <paramref name="Delays"/> lets it.</param>
/// <param name="PostBytesMax">Largest request that posts messages, in bytes.</param>
/// <param name="Encrypts">Bodies are sealed before they are stored.</param>
/// <param name="Delays">Every message may have its own delay.</param>
/// <param name="Priorities">Every message may have a priority.</param>
/// <param name="RetryPolicy">For deliveries to its subscribers; null when it has none.</param>
internal sealed record QueueSettings(int MessageTtlSeconds, int DelaySeconds, int PostBytesMax, bool Encrypts, bool Delays, bool Priorities, RetryPolicy? RetryPolicy)
{
    /// <summary>Those of a queue without metadata.</summary>
    public static QueueSettings Default(ZaqarOptions options) => new(options.MessageTtlSecondsDefault, 0, options.PostBytesMax, false, false, false, null);
}
