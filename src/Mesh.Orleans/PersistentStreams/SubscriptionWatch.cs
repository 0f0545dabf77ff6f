using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Streaming.Diagnostics;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>
/// An agent knows only streams that it has read a record of. So when a subscription has been stored, an empty record is appended to its stream: the agent reads
/// it, asks the consumer for its place, and replays from there, be nothing ever published again. Heard on the silo that stored the subscription. Thread-safe.
/// </summary>
internal sealed partial class SubscriptionWatch(string provider, MeshQueueAdapter adapter, ILocalSiloDetails silo, ILogger<SubscriptionWatch> log)
    : ILifecycleParticipant<ISiloLifecycle>, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private readonly List<IDisposable> _listening = [];

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe<SubscriptionWatch>(ServiceLifecycleStage.ApplicationServices, _ => Start(), _ => Stop());

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name != StreamingEvents.ListenerName) return;
        var listening = value.Subscribe(this, name => name == nameof(StreamingEvents.SubscriptionRegistered));
        lock (_listening) _listening.Add(listening);
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not StreamingEvents.SubscriptionRegistered subscribed) return;
        if (subscribed.StreamProvider == provider && Equals(subscribed.SiloAddress, silo.SiloAddress)) _ = Task.Run(() => WakeAsync(subscribed.StreamId));
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private Task Start()
    {
        var listening = DiagnosticListener.AllListeners.Subscribe(this);
        lock (_listening) _listening.Add(listening);
        return Task.CompletedTask;
    }

    private Task Stop()
    {
        lock (_listening)
        {
            foreach (var listening in _listening) listening.Dispose();
            _listening.Clear();
        }

        return Task.CompletedTask;
    }

    private async Task WakeAsync(StreamId stream)
    {
        try
        {
            await adapter.QueueMessageBatchAsync<object>(stream, [], null, null);
        }
        catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
        {
            LogNotWoken(log, stream, reason.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A new subscription to {Stream} will not begin before the next event: {Reason}")]
    private static partial void LogNotWoken(ILogger log, StreamId stream, string reason);
}
