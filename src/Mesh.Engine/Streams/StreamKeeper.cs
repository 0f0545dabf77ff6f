using Mesh.Engine.Log;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Streams;

/// <summary>What is done with a stream as a whole: it is created, described, changed, given up, and looked after while it is quiet. Thread-safe.</summary>
public abstract class StreamKeeper : StreamOwner
{
    /// <summary>How often a quiet stream that somebody waits at is looked for in storage.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private (Sequence Next, RecordTime At) _looked;

    private protected StreamKeeper(StreamName name, EngineContext engine)
        : base(name, engine)
    {
    }

    /// <summary>Creates the stream, or leaves an existing one as it is.</summary>
    /// <returns>True when it is new.</returns>
    public async ValueTask<bool> CreateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata)
    {
        await EnsureOpenAsync(null);
        lock (Turn)
        {
            if (IsOpen) return false;
        }

        var seed = new StreamSeed(options, metadata.ToArray(), Engine.Clock.Now());
        await EnsureOpenAsync(seed);
        lock (Turn) return Stream?.Opened is { IsNew: true } opened && opened.Entry.Created == seed.Created;
    }

    /// <summary>The stream's line in the catalogue; null when it does not exist.</summary>
    public async ValueTask<StreamEntry?> EntryAsync()
    {
        await EnsureReadableAsync();
        lock (Turn) return Stream?.Opened.Entry;
    }

    /// <summary>Replaces options and metadata, at once for all users. Where the stream is does not change.</summary>
    /// <returns>False when it does not exist.</returns>
    public async ValueTask<bool> UpdateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default)
    {
        if (await EntryAsync() is not { } entry) return false;
        options = options with { Pool = entry.Options.Pool };
        if (!await Engine.Store.UpdateEntryAsync(entry.Number, options, metadata, cancel)) return false;

        // What looks for overdue rows in a pool goes by the options there.
        if (!IsAt(Engine.Home)) await Home.Store.UpdateEntryAsync(entry.Number, options, ReadOnlyMemory<byte>.Empty, cancel);
        await ReloadAsync();
        return true;
    }

    /// <summary>Opens the stream anew, so that changed options count. What was appended before is committed first.</summary>
    public async ValueTask ReloadAsync()
    {
        await CloseAsync();
        await EnsureOpenAsync(null);
    }

    /// <summary>
    /// Deletes in storage what retention has taken from readers, if anything, and sees to it that those who wait for records hear of them although another owner
    /// took the stream while it was quiet here. Called by the host now and then.
    /// </summary>
    /// <param name="opens">Opens the stream for that; else one that is not open, and that nobody waits at, is left alone.</param>
    public async ValueTask MaintainAsync(bool opens = false)
    {
        if (opens) await EnsureOpenAsync(null);
        else await SeeToWaitersAsync();
        lock (Turn)
        {
            if (!IsOpen) return;
        }

        await PrepareMaintenanceAsync();
        await LoadPlacesAsync();
        lock (Turn)
        {
            if (IsOpen && Stream!.IsBehind) Enlist();
        }
    }

    /// <summary>Before maintenance: brings up to now what the kind decides about the low watermark.</summary>
    private protected virtual ValueTask PrepareMaintenanceAsync() => default;

    /// <summary>In a turn: whether somebody waits for records.</summary>
    private protected virtual bool IsAwaited => Subscribers.Count > 0;

    /// <summary>Who waits hears of records by their commit here, and by the stream being opened; of another owner's commits nobody tells.</summary>
    private async ValueTask SeeToWaitersAsync()
    {
        OpenStream? stream;
        Sequence next = default;
        lock (Turn)
        {
            if (!IsAwaited || IsMissing) return;
            stream = Stream;
            if (stream is not null)
            {
                next = stream.Log.Next;
                var now = Engine.Clock.Now();
                if (_looked.Next == next && now.Since(_looked.At) < LookInterval) return;
                var wasQuiet = _looked.Next == next;
                _looked = (next, now);
                if (!wasQuiet) return;
            }
        }

        var isOvertaken = stream is not null && (await Home.Store.PlacesAsync(stream.Log.Number, next, limit: 1)).Count > 0;
        lock (Turn)
        {
            if (isOvertaken && Stream == stream && stream!.Log.Next == next && !IsEnlisted) OnFenced();
            if (IsOpen || IsMissing || (isOvertaken && Overtaken is not null)) return;
        }

        await EnsureOpenAsync(null);
    }
}
