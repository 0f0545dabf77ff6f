using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Mesh.Topics;

/// <summary>
/// All events of a mesh by topic: appends to the topic's home, and subscribes to whatever partitions hold topics that match, those that are made later among them.
/// Order is kept within a partition. One for each process; thread-safe.
/// </summary>
/// <param name="mesh">Where the partitions are.</param>
/// <param name="homes">The rules, the same in every process of the mesh.</param>
public sealed class TopicPartitions(IMesh mesh, TopicHomes homes)
{
    /// <summary>Partitions and topics listed, over all rules; a topic that would need one more is refused.</summary>
    public const int LinesMax = 1_000_000;

    /// <summary>Homes remembered as prepared. At this many all are forgotten, and each is looked up once more.</summary>
    private const int PreparedMax = 100_000;

    /// <summary>How often a partition is made anew that is deleted between the making and the append.</summary>
    private const int AttemptsMax = 3;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly TopicDirectory _directory = new(mesh);
    private readonly ConcurrentDictionary<TopicLine, bool> _prepared = new();
    private bool _isRead;

    /// <summary>Where topics go.</summary>
    public TopicHomes Homes { get; } = homes;

    /// <summary>Appends a segment, all of whose records have topics of this home, as <see cref="IStreamLog.AppendAsync"/> does.</summary>
    public async ValueTask<AppendResult> AppendAsync(TopicHome home, ReadOnlyMemory<byte> segment, AppendOptions options = default)
    {
        var partition = mesh.Partition(home.Partition);
        if (home.IsPlain) return await partition.AppendAsync(segment, options).ConfigureAwait(false);
        if (options.MustExist && await mesh.Catalogue.FindAsync(home.Partition).ConfigureAwait(false) is null) return AppendResult.NoSuchStream.Instance;
        var line = new TopicLine(home.Partition, home.Topic);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (!_prepared.ContainsKey(line) && await PrepareAsync(home, line).ConfigureAwait(false) is { } refused) return refused;
            var result = await partition.AppendAsync(segment, options with { MustExist = true }).ConfigureAwait(false);
            if (result is not AppendResult.NoSuchStream) return result;
            _prepared.TryRemove(line, out _);
        }

        return new AppendResult.Busy(Retry);
    }

    /// <summary>
    /// Where a subscription begins, and then what it gets. The first page comes at once, perhaps empty: what is appended to any partition after it came is delivered.
    /// A subscriber that takes its pages slowly holds a few of them, and lags behind.
    /// </summary>
    public async IAsyncEnumerable<TopicPage> SubscribeAsync(TopicFilter filter, TopicStart start, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (lines, next) = await LinesAsync(cancel).ConfigureAwait(false);
        if (lines.Count == 0 && Homes.AreOne)
        {
            await foreach (var page in new TopicReader(mesh.Partition(TopicHomes.Events), TopicHomes.Events, filter).RunAsync(start, cancel).ConfigureAwait(false)) yield return page;
            yield break;
        }

        await using var all = new TopicFanIn(mesh, Homes, _directory, filter);
        await foreach (var page in all.RunAsync(lines, next, start, cancel).ConfigureAwait(false)) yield return page;
    }

    /// <summary>Without rules nothing is added to the directory: what earlier rules left there is read once.</summary>
    private async ValueTask<(IReadOnlyList<TopicLine> Lines, Sequence Next)> LinesAsync(CancellationToken cancel)
    {
        if (_isRead && Homes.AreOne && _directory.Count == 0) return ([], Sequence.First);
        var read = await _directory.RefreshAsync(cancel).ConfigureAwait(false);
        _isRead = true;
        return read;
    }

    /// <summary>Makes a home as its rule says before anything is appended to it.</summary>
    /// <returns>Null when it may be appended to.</returns>
    public ValueTask<AppendResult?> PrepareAsync(TopicHome home) => home.IsPlain ? default : PrepareAsync(home, new TopicLine(home.Partition, home.Topic));

    /// <summary>Lists the home, and makes its partition with what the rule keeps.</summary>
    /// <returns>Null when it may be appended to.</returns>
    private async ValueTask<AppendResult?> PrepareAsync(TopicHome home, TopicLine line)
    {
        if (!home.IsKnown && !_directory.Knows(line)) await _directory.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        if (!home.IsKnown && !_directory.Knows(line))
        {
            if (_directory.Count >= LinesMax) return AppendResult.NoSuchStream.Instance;
            var listed = await _directory.AddAsync(line).ConfigureAwait(false);
            if (listed is not AppendResult.Appended) return listed;
        }

        if (!await mesh.Catalogue.CreateAsync(home.Partition, home.Options, default).ConfigureAwait(false)) await AdoptAsync(home).ConfigureAwait(false);
        if (_prepared.Count >= PreparedMax) _prepared.Clear();
        _prepared[line] = true;
        return null;
    }

    /// <summary>Gives a partition that was made under another rule what this one keeps.</summary>
    private async ValueTask AdoptAsync(TopicHome home)
    {
        var entry = await mesh.Catalogue.FindAsync(home.Partition).ConfigureAwait(false);
        if (entry is null || entry.Options.Keeps(home.Options)) return;
        await mesh.Catalogue.UpdateAsync(home.Partition, entry.Options.Keeping(home.Options), entry.Metadata).ConfigureAwait(false);
    }
}
