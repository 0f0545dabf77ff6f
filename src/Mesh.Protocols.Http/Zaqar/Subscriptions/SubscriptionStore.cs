using System.Collections.Concurrent;

namespace Mesh.Protocols.Http.Zaqar.Subscriptions;

/// <summary>
/// Where subscriptions are kept: each is a queue of its own, whose metadata says what it is and whose records wait to be delivered. They outlive the queue
/// they are of. Thread-safe.
/// </summary>
internal sealed class SubscriptionStore(IMesh mesh, TimeProvider clock)
{
    /// <summary>Subscriptions of one queue.</summary>
    public const int PerQueueMax = 1000;

    /// <summary>Queues whose subscriptions are remembered.</summary>
    private const int RememberedMax = 100_000;

    private const int EntriesPerRead = 1000;

    /// <summary>How long this server may not notice what another one of the same store has changed.</summary>
    private static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<StreamName, Remembered> _remembered = new();
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>The live subscriptions of a queue, by id.</summary>
    public async ValueTask<IReadOnlyList<Subscription>> ListAsync(StreamName queue, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (!_remembered.TryGetValue(queue, out var known) || now - known.At >= RememberedFor)
        {
            if (_remembered.Count >= RememberedMax) _remembered.Clear();
            var at = known?.Changes ?? 0;
            known = new Remembered(await ReadAsync(queue, cancel).ConfigureAwait(false), now, at);

            // What was changed while it was read must not be forgotten for what was read before.
            if (!_remembered.TryGetValue(queue, out var newer) || newer.Changes == at) _remembered[queue] = known;
        }

        return known.Subscriptions.Any(each => each.HasExpired(now)) ? [.. known.Subscriptions.Where(each => !each.HasExpired(now))] : known.Subscriptions;
    }

    /// <returns>Null when there is none, or its time is up.</returns>
    public async ValueTask<Subscription?> FindAsync(StreamName queue, string id, CancellationToken cancel) =>
        (await ListAsync(queue, cancel).ConfigureAwait(false)).FirstOrDefault(each => each.Id == id);

    /// <summary>Makes a subscription, and its queue if there is none; or finds the one that the same subscriber has.</summary>
    /// <returns>The subscription, and whether it is new.</returns>
    /// <exception cref="ZaqarRefusal">The queue has as many as it may.</exception>
    public async ValueTask<(Subscription Subscription, bool IsNew)> CreateAsync(StreamName queue, string subscriber, long ttlSeconds, byte[] options, bool confirmed, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var others = await ReadAsync(queue, cancel).ConfigureAwait(false);
            var now = clock.GetUtcNow();
            if (others.FirstOrDefault(each => each.Subscriber == subscriber && !each.HasExpired(now)) is { } same) return (same, false);
            if (others.Count >= PerQueueMax) throw ZaqarRefusal.Request($"A queue takes at most {PerQueueMax} subscriptions; delete some.");
            await mesh.Catalogue.CreateAsync(queue, StreamOptions.Default, default, cancel).ConfigureAwait(false);
            await mesh.Catalogue.CreateAsync(StreamName.Queue(InnerProjects.NameOf(queue), InnerProjects.Subscribed), StreamOptions.Default, default, cancel).ConfigureAwait(false);
            var made = new Subscription(Guid.CreateVersion7().ToString("N"), queue, subscriber, ttlSeconds, now, options, confirmed);
            await mesh.Catalogue.CreateAsync(made.Stream, StreamOptions.Default, made.ToStored(), cancel).ConfigureAwait(false);
            return (made, true);
        }
        finally
        {
            Forget(queue);
            _changing.Release();
        }
    }

    /// <summary>Changes one subscription.</summary>
    /// <returns>As it is now; null when there is none.</returns>
    /// <exception cref="ZaqarRefusal">Another subscription of the queue has this subscriber.</exception>
    public async ValueTask<Subscription?> ChangeAsync(StreamName queue, string id, Func<Subscription, Subscription> change, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var now = clock.GetUtcNow();
            var all = (await ReadAsync(queue, cancel).ConfigureAwait(false)).Where(each => !each.HasExpired(now)).ToList();
            if (all.Find(each => each.Id == id) is not { } found) return null;
            var changed = change(found);
            if (all.Exists(each => each.Id != id && each.Subscriber == changed.Subscriber))
                throw ZaqarRefusal.Conflict($"The queue {queue.Name} has another subscription of {changed.Subscriber}.");
            return await mesh.Catalogue.UpdateAsync(changed.Stream, StreamOptions.Default, changed.ToStored(), cancel).ConfigureAwait(false) ? changed : null;
        }
        finally
        {
            Forget(queue);
            _changing.Release();
        }
    }

    /// <summary>Deletes a subscription with all that waits for it.</summary>
    public async ValueTask DeleteAsync(StreamName queue, string id, CancellationToken cancel)
    {
        await mesh.Catalogue.DeleteAsync(StreamName.Queue(id, InnerProjects.OfSubscriptions(queue)), cancel).ConfigureAwait(false);
        Forget(queue);
    }

    public async ValueTask DeleteAllAsync(StreamName queue, CancellationToken cancel)
    {
        foreach (var each in await ReadAsync(queue, cancel).ConfigureAwait(false)) await DeleteAsync(queue, each.Id, cancel).ConfigureAwait(false);
    }

    /// <summary>Every subscription there is, queue after queue; those whose time is up are deleted on the way.</summary>
    public async IAsyncEnumerable<Subscription> WalkAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var entry in EntriesAsync(InnerProjects.Subscribed, cancel).ConfigureAwait(false))
        {
            var queue = InnerProjects.QueueOf(entry.Name.Name);
            foreach (var each in await ReadAsync(queue, cancel).ConfigureAwait(false))
            {
                if (each.HasExpired(clock.GetUtcNow())) await DeleteAsync(queue, each.Id, cancel).ConfigureAwait(false);
                else yield return each;
            }
        }
    }

    private async ValueTask<List<Subscription>> ReadAsync(StreamName queue, CancellationToken cancel)
    {
        var all = new List<Subscription>();
        await foreach (var entry in EntriesAsync(InnerProjects.OfSubscriptions(queue), cancel).ConfigureAwait(false)) all.Add(Subscription.OfStored(queue, entry));
        return all;
    }

    private async IAsyncEnumerable<StreamEntry> EntriesAsync(string project, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (var after = ""; ;)
        {
            var entries = await mesh.Catalogue.ListAsync(project, StreamKind.Queue, after, EntriesPerRead, cancel).ConfigureAwait(false);
            foreach (var entry in entries) yield return entry;
            if (entries.Count < EntriesPerRead) yield break;
            after = entries[^1].Name.Name;
        }
    }

    private void Forget(StreamName queue) =>
        _remembered.AddOrUpdate(queue, new Remembered([], DateTimeOffset.MinValue, 1), (_, known) => new Remembered([], DateTimeOffset.MinValue, known.Changes + 1));

    private sealed record Remembered(IReadOnlyList<Subscription> Subscriptions, DateTimeOffset At, long Changes);
}
