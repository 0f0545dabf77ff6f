namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>A client of protobus in some language, made of our own description. One caller at a time.</summary>
public interface IProtobusClient : IAsyncDisposable
{
    /// <param name="isPacked">Messages go packed with gzip.</param>
    Task<IPublishing> PublishAsync(bool isPacked = false);

    /// <summary>Answers when the response headers have come, or the call has ended.</summary>
    /// <param name="topics">Patterns.</param>
    /// <param name="historyDepth">Events of each topic.</param>
    /// <param name="deadline">The call's; null for none.</param>
    Task<ISubscription> SubscribeAsync(string[] topics, int historyDepth = 0, TimeSpan? deadline = null);

    /// <summary>Calls a method that the service does not have.</summary>
    /// <returns>The number of gRPC's status code.</returns>
    Task<int> CallUnknownAsync();
}

/// <summary>A Publish call. Disposing of it cancels it, unless it has ended.</summary>
public interface IPublishing : IAsyncDisposable
{
    Task SendAsync(params CaseEvent[] events);

    /// <summary>Ends the client's stream and waits for the answer.</summary>
    Task<PublishEnd> EndAsync();

    Task CancelAsync();
}

/// <summary>A Subscribe call. Disposing of it cancels it.</summary>
public interface ISubscription : IAsyncDisposable
{
    /// <summary>Waits for the next events.</summary>
    Task<IReadOnlyList<CaseEvent>> TakeAsync(int count);

    /// <summary>Waits until the call ends.</summary>
    /// <returns>The number of gRPC's status code.</returns>
    Task<int> EndAsync();

    Task CancelAsync();
}

/// <summary>How a Publish call ended.</summary>
/// <param name="Code">The number of gRPC's status code.</param>
/// <param name="StatusCode">The answer's code; 0 without an answer.</param>
/// <param name="Message">The answer's message; null without an answer.</param>
public sealed record PublishEnd(int Code, int StatusCode, string? Message);
