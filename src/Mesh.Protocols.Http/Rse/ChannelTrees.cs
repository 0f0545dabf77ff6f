using System.Collections.Concurrent;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Appends to trees of channels, and sees to it that each exists and keeps its events for the time to live. Thread-safe.</summary>
internal sealed class ChannelTrees(IMesh mesh, TimeSpan eventTtl)
{
    /// <summary>Trees remembered as prepared. At this many all are forgotten, and each is looked up once more.</summary>
    private const int KnownMax = 100_000;

    /// <summary>How often a tree is made anew that is deleted between the making and the append.</summary>
    private const int AttemptsMax = 3;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<StreamName, bool> _known = new();
    private long _attempts;
    private long _repeats;

    /// <summary>Appends so far.</summary>
    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>Times that one was tried again.</summary>
    public long Repeats => Volatile.Read(ref _repeats);

    public async ValueTask<AppendResult> AppendAsync(StreamName tree, ReadOnlyMemory<byte> segment, ReadOnlyMemory<byte> dedupeId = default)
    {
        Interlocked.Increment(ref _attempts);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (attempt > 0) Interlocked.Increment(ref _repeats);
            if (!_known.ContainsKey(tree)) await PrepareAsync(tree).ConfigureAwait(false);
            var result = await mesh.Channel(tree).AppendAsync(segment, new AppendOptions { MustExist = true, DedupeId = dedupeId }).ConfigureAwait(false);
            if (result is not AppendResult.NoSuchStream) return result;
            _known.TryRemove(tree, out _);
        }

        return new AppendResult.Busy(Retry);
    }

    private async ValueTask PrepareAsync(StreamName tree)
    {
        var isNew = await mesh.Catalogue.CreateAsync(tree, StreamOptions.Default with { RetentionAge = eventTtl }, default).ConfigureAwait(false);
        if (!isNew) await AdoptAsync(tree).ConfigureAwait(false);
        if (_known.Count >= KnownMax) _known.Clear();
        _known[tree] = true;
    }

    /// <summary>Gives a tree that was made under another time to live the one that counts now.</summary>
    private async ValueTask AdoptAsync(StreamName tree)
    {
        var entry = await mesh.Catalogue.FindAsync(tree).ConfigureAwait(false);
        if (entry is null || entry.Options.RetentionAge == eventTtl) return;
        await mesh.Catalogue.UpdateAsync(tree, entry.Options with { RetentionAge = eventTtl }, entry.Metadata).ConfigureAwait(false);
    }
}
