using System.Runtime.CompilerServices;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>What the catalogue says of queues, as this door reads it. Thread-safe.</summary>
internal sealed class QueueDirectory(IMesh mesh, ZaqarOptions options)
{
    /// <summary>Shorter metadata holds no key.</summary>
    private const int MetadataBytesMin = 3;

    /// <summary>By the catalogue's own line, of which there is a new one after each change: a post reads metadata once per line, not once per post.</summary>
    private readonly ConditionalWeakTable<StreamEntry, QueueSettings> _settings = [];

    private readonly SemaphoreSlim _changing = new(1, 1);

    private readonly QueueSettings _default = QueueSettings.Default(options);

    public ReservedKeys Keys { get; } = new(options);

    /// <summary>What a post must keep; what is no queue has the defaults.</summary>
    public ValueTask<QueueSettings> SettingsAsync(ZaqarRequest request) => request.Addressed is null ? SettingsAsync(request.Stream, request.Aborted) : new(_default);

    /// <summary>What posts to a queue must keep; a missing queue has the defaults.</summary>
    public async ValueTask<QueueSettings> SettingsAsync(StreamName queue, CancellationToken cancel)
    {
        var entry = await mesh.Catalogue.FindAsync(queue, cancel).ConfigureAwait(false);
        if (entry is null || entry.Metadata.Length < MetadataBytesMin) return _default;
        return _settings.TryGetValue(entry, out var known) ? known : _settings.GetValue(entry, Read);
    }

    /// <summary>The queue that a request names.</summary>
    /// <exception cref="ZaqarRefusal">There is none.</exception>
    public async ValueTask<StreamEntry> RequireAsync(ZaqarRequest request) =>
        await mesh.Catalogue.FindAsync(request.Stream, request.Aborted).ConfigureAwait(false)
        ?? throw Missing(request);

    /// <summary>Changes the metadata of a queue, and what the engine keeps of it; one change after another, for each reads before it writes.</summary>
    /// <param name="request">Names the queue.</param>
    /// <param name="change">Changes what is stored.</param>
    /// <returns>The metadata as it is now.</returns>
    /// <exception cref="ZaqarRefusal">There is no such queue, or it may not have this metadata.</exception>
    public async ValueTask<QueueMetadata> ChangeMetadataAsync(ZaqarRequest request, Action<QueueMetadata> change)
    {
        await _changing.WaitAsync(request.Aborted).ConfigureAwait(false);
        try
        {
            var entry = await RequireAsync(request).ConfigureAwait(false);
            var metadata = QueueMetadata.OfStored(entry);
            change(metadata);
            Keys.Check(metadata, request.QueueName);
            await CheckFlavorAsync(metadata, request.Aborted).ConfigureAwait(false);
            var stored = metadata.ToJson();
            if (stored.Length > options.MetadataBytesMax)
                throw ZaqarRefusal.Request($"The metadata of a queue takes at most {options.MetadataBytesMax} bytes; with this change it has {stored.Length}.");
            if (!await mesh.Catalogue.UpdateAsync(request.Stream, ReservedKeys.Apply(metadata, entry.Options), stored, request.Aborted).ConfigureAwait(false))
                throw Missing(request);
            return metadata;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <exception cref="ZaqarRefusal">There are pools, and none is of the flavor that is asked for.</exception>
    public async ValueTask CheckFlavorAsync(QueueMetadata metadata, CancellationToken cancel)
    {
        if (ReservedKeys.FlavorOf(metadata) is not { } flavor) return;
        if (await mesh.Pools.FindFlavorAsync(flavor, cancel).ConfigureAwait(false) is not null) return;
        if ((await mesh.Pools.ListAsync("", 1, cancel).ConfigureAwait(false)).Count > 0) throw ZaqarRefusal.Request($"Flavor {flavor} does not exist.");
    }

    /// <summary>The sequence of a message that may be in the queue as it is now.</summary>
    /// <returns>Null for a text that is no id, and for the id of a message of another queue or of an earlier one of this name.</returns>
    public async ValueTask<Sequence?> FindMessageAsync(StreamName queue, string id, CancellationToken cancel)
    {
        var found = await FindMessagesAsync(queue, [id], cancel).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>The sequences of those messages that may be in the queue as it is now, each once, in the order of their ids.</summary>
    public async ValueTask<List<Sequence>> FindMessagesAsync(StreamName queue, IReadOnlyList<string> ids, CancellationToken cancel)
    {
        var sequences = new List<Sequence>(ids.Count);
        var entry = await mesh.Catalogue.FindAsync(queue, cancel).ConfigureAwait(false);
        if (entry is null) return sequences;
        for (var i = 0; i < ids.Count; i++)
            if (MessageId.TryParse(ids[i], out var id) && id.Stream == entry.Number && !sequences.Contains(id.Sequence)) sequences.Add(id.Sequence);
        return sequences;
    }

    private static ZaqarRefusal Missing(ZaqarRequest request) => ZaqarRefusal.NotFound($"There is no queue {request.QueueName}; create it first.");

    private QueueSettings Read(StreamEntry entry) => Keys.Settings(QueueMetadata.OfStored(entry));
}
