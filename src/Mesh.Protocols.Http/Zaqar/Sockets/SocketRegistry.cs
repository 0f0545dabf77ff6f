using System.Collections.Concurrent;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Protocols.Http.Zaqar.Subscriptions;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>The sockets of this server that are subscribed to something, and the way to tell them. Thread-safe.</summary>
/// <param name="timeout">A push that a client has not read after so long is given up, and its socket with it.</param>
internal sealed class SocketRegistry(TimeSpan timeout) : ISender
{
    private readonly ConcurrentDictionary<Guid, Func<ReadOnlyMemory<byte>, CancellationToken, Task>> _sockets = new();

    public void Add(Guid socket, Func<ReadOnlyMemory<byte>, CancellationToken, Task> push) => _sockets[socket] = push;

    public void Remove(Guid socket) => _sockets.TryRemove(socket, out _);

    public async Task<DeliveryResult> SendAsync(Subscription subscription, DeliveryOptions options, ReadOnlyMemory<byte> note, CancellationToken cancel)
    {
        if (!SubscriberUri.IsSocket(subscription.Subscriber, out var socket) || !_sockets.TryGetValue(socket, out var push)) return new DeliveryResult(DeliveryOutcome.Elsewhere);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        end.CancelAfter(timeout);
        try
        {
            await push(note, end.Token).ConfigureAwait(false);
            return DeliveryResult.Delivered;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return DeliveryResult.Failed($"its client did not read it within {timeout.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            return DeliveryResult.Failed(failure.Message);
        }
    }
}
