using System.Collections.Concurrent;
using Mesh.Frames;
using Mesh.Protocols.Http.Zaqar.Sealing;
using Mesh.Protocols.Http.Zaqar.Signing;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.Extensions.Logging;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>
/// Tells subscribers of what is posted: puts it into the queue of each, durably, before the post is answered, and delivers it from there, at least once
/// (Zaqar specification, section 1.11). Thread-safe.
/// </summary>
internal sealed partial class Deliveries(
    IMesh mesh, ZaqarOptions options, SubscriptionStore store, QueueDirectory directory, SigningSecret secret, SenderChoice senders, MessageSeal seal, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    /// <summary>A claim outlasts an attempt by so much.</summary>
    private static readonly TimeSpan ClaimMargin = TimeSpan.FromSeconds(20);

    /// <summary>How long a server waits before it looks again at a subscriber that another one may serve.</summary>
    private static readonly TimeSpan ElsewhereDelay = TimeSpan.FromSeconds(30);

    /// <summary>How long a note waits whose key is not here: until the key is back, or another server has it.</summary>
    private static readonly TimeSpan SealedDelay = TimeSpan.FromMinutes(1);

    private readonly ConfirmationNote _confirmation = new(secret, clock);
    private readonly ConcurrentDictionary<StreamName, DeliveryLine> _lines = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _sweeping = Task.CompletedTask;

    /// <summary>Begins to deliver, first what an earlier run has left.</summary>
    public void Start() => _sweeping = SweepAsync();

    /// <summary>The subscriptions that are told of posts to a queue.</summary>
    public async ValueTask<IReadOnlyList<Subscription>> ToldAsync(StreamName queue, CancellationToken cancel)
    {
        var all = await store.ListAsync(queue, cancel).ConfigureAwait(false);
        return options.ConfirmationIsRequired && all.Count > 0 ? [.. all.Where(each => each.Confirmed)] : all;
    }

    /// <summary>Keeps what subscribers are to be told; nothing is delivered sooner than that by this call.</summary>
    /// <param name="told">Whom to tell.</param>
    /// <param name="notes">What.</param>
    /// <param name="repeatId">By which a repeat of the post is known; empty when it is none.</param>
    /// <returns>What is kept, to be delivered or taken back.</returns>
    public async ValueTask<List<(Subscription Subscription, AppendResult Result)>> KeepAsync(
        IReadOnlyList<Subscription> told, ReadOnlyMemory<byte> notes, ReadOnlyMemory<byte> repeatId = default)
    {
        var keeping = told.Select(each => mesh.Queue(each.Stream).AppendAsync(notes, new AppendOptions { MustExist = true, DedupeId = repeatId }).AsTask()).ToList();
        var results = await Task.WhenAll(keeping).ConfigureAwait(false);
        return [.. told.Zip(results)];
    }

    /// <summary>Delivers what was kept.</summary>
    public void Deliver(List<(Subscription Subscription, AppendResult Result)> kept)
    {
        foreach (var (subscription, _) in kept) Kick(subscription.Queue, subscription.Stream);
    }

    /// <summary>What was kept did not happen after all.</summary>
    public async ValueTask TakeBackAsync(List<(Subscription Subscription, AppendResult Result)> kept)
    {
        foreach (var (subscription, result) in kept)
            if (result is AppendResult.Appended appended)
                await mesh.Queue(subscription.Stream).DeleteAsync([.. Enumerable.Range(0, appended.Count).Select(i => appended.First.Plus(i))]).ConfigureAwait(false);
    }

    /// <summary>Asks a subscriber to confirm, if that is required here.</summary>
    public ValueTask AskToConfirmAsync(Subscription subscription) => KeepNoteAsync(subscription, ConfirmationNote.SubscribeKey.ToArray());

    /// <summary>Tells a subscriber that it will be told no more, if confirmation is required here.</summary>
    public ValueTask TellOfUnsubscriptionAsync(Subscription subscription) => KeepNoteAsync(subscription, ConfirmationNote.UnsubscribeKey.ToArray());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweeping.ConfigureAwait(false);
    }

    private async ValueTask KeepNoteAsync(Subscription subscription, byte[] key)
    {
        if (!options.ConfirmationIsRequired) return;
        using var segment = new SegmentWriter();
        segment.Add(new RecordFields { Key = key, ContentType = ContentType.Json }, "{}"u8);
        await mesh.Queue(subscription.Stream).AppendAsync(segment.Finish(), new AppendOptions { MustExist = true }).ConfigureAwait(false);
        Kick(subscription.Queue, subscription.Stream);
    }

    private void Kick(StreamName queue, StreamName stream)
    {
        if (_stop.IsCancellationRequested || !options.DeliveryIsOn) return;
        _lines.GetOrAdd(stream, LineOf, queue).Kick();
    }

    private DeliveryLine LineOf(StreamName stream, StreamName queue) =>
        new(mesh.Queue(stream), options.DeliveriesPerSubscriberMax, options.DeliveryTimeout + ClaimMargin, page => AttemptAsync(queue, stream.Name, page), clock, LogFault, _stop.Token);

    /// <returns>How long to wait before the next attempt; null when there is to be none.</returns>
    private async Task<TimeSpan?> AttemptAsync(StreamName queue, string id, QueuePage page)
    {
        if (await store.FindAsync(queue, id, _stop.Token).ConfigureAwait(false) is not { } subscription) return null;
        var terms = DeliveryOptions.Parse(subscription.Options);
        if (await NoteAsync(subscription, page).ConfigureAwait(false) is not { } note) return SealedDelay;
        var result = await senders.For(subscription).SendAsync(subscription, terms, note, _stop.Token).ConfigureAwait(false);
        if (result.Outcome == DeliveryOutcome.Delivered) return null;
        if (result.Outcome == DeliveryOutcome.Elsewhere) return ElsewhereDelay;
        var failures = page.States[0].DeliveryCount;
        var delay = (await PolicyAsync(queue, terms).ConfigureAwait(false)).DelayAfter(failures);
        if (delay is null) LogGivenUp(log, SubscriberUri.Shown(subscription.Subscriber), queue, failures, result.Reason);
        else if (failures == 1) LogFailed(log, SubscriberUri.Shown(subscription.Subscriber), queue, result.Reason);
        return delay;
    }

    private async ValueTask<RetryPolicy> PolicyAsync(StreamName queue, DeliveryOptions terms)
    {
        var ofQueue = (await directory.SettingsAsync(queue, _stop.Token).ConfigureAwait(false)).RetryPolicy;
        return ofQueue is { IgnoresSubscription: true } ? ofQueue : terms.RetryPolicy ?? ofQueue ?? RetryPolicy.Default;
    }

    /// <returns>Null when it cannot be decrypted here.</returns>
    private async ValueTask<ReadOnlyMemory<byte>?> NoteAsync(Subscription subscription, QueuePage page)
    {
        var (isConfirmation, isUnsubscription, body) = Read(page, subscription.Queue.Project);
        return isConfirmation ? await _confirmation.WriteAsync(subscription, isUnsubscription, _stop.Token).ConfigureAwait(false) : body is null ? null : body.AsMemory();
    }

    private (bool IsConfirmation, bool IsUnsubscription, byte[]? Body) Read(QueuePage page, string project)
    {
        foreach (var record in page.Records)
        {
            var body = record.ContentType != ContentType.Sealed ? record.Body.ToArray() : seal.TryOpen(record, project, out var opened) ? opened.Plain : null;
            return (!record.Key.IsEmpty, record.Key.SequenceEqual(ConfirmationNote.UnsubscribeKey), body);
        }

        return default;
    }

    /// <summary>Looks at every subscription from time to time: for what a run before has left, for claims of servers that died, and for time that is up.</summary>
    private async Task SweepAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(options.DeliverySweepInterval, clock);
            do await SweepOnceAsync().ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task SweepOnceAsync()
    {
        try
        {
            var living = new HashSet<StreamName>();
            await foreach (var subscription in store.WalkAsync(_stop.Token).ConfigureAwait(false))
            {
                living.Add(subscription.Stream);
                Kick(subscription.Queue, subscription.Stream);
            }

            foreach (var (stream, line) in _lines)
                if (!living.Contains(stream) && line.IsIdle) _lines.TryRemove(stream, out _);
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StreamFencedException)
        {
            LogStorage(log, failure.Message);
        }
        catch (Exception fault) when (!_stop.IsCancellationRequested)
        {
            LogFault(log, fault); // one sweep's end must not be the end of all deliveries
        }
    }

    private void LogFault(Exception fault) => LogFault(log, fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscriber {Subscriber} of {Queue} was not reached and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger log, string subscriber, StreamName queue, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscriber {Subscriber} of {Queue} was not reached in {Attempts} attempts; the message is given up for it: {Reason}")]
    private static partial void LogGivenUp(ILogger log, string subscriber, StreamName queue, int attempts, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deliveries to subscribers wait for the storage: {Reason}")]
    private static partial void LogStorage(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A delivery to a subscriber failed; it is tried again")]
    private static partial void LogFault(ILogger log, Exception fault);
}
