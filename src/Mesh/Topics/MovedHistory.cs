using System.Runtime.CompilerServices;
using System.Text;

namespace Mesh.Topics;

/// <summary>
/// The histories of many partitions, when rules have changed: a topic's newest records are at its home, older ones perhaps where it was before. Those are cut, the oldest
/// first, so that no topic has more than the depth. (Of a topic that has moved more than once, the partition listed first is served first.) Nothing is read twice
/// unless a topic has moved. One flow at a time.
/// </summary>
/// <param name="homes">Where topics are now.</param>
/// <param name="depth">Records of each topic.</param>
/// <param name="begun">Every partition that has part in the subscription.</param>
internal sealed class MovedHistory(TopicHomes homes, int depth, IReadOnlyList<(TopicReader Reader, TopicHistory History)> begun)
{
    private readonly TopicHomeCache _homes = new(homes);

    /// <summary>Of topics that have moved: how many records from before may still be delivered.</summary>
    private readonly Dictionary<string, int> _room = [];

    /// <summary>Of partitions that topics have moved to: their records by topic.</summary>
    private readonly Dictionary<StreamName, Dictionary<string, List<Sequence>>> _records = [];

    /// <summary>The history of one of the partitions, as <see cref="TopicReader.HistoryAsync"/> gives it.</summary>
    public async IAsyncEnumerable<TopicPage> PagesAsync(TopicReader reader, TopicHistory history, [EnumeratorCancellation] CancellationToken cancel)
    {
        var delivered = Sequence.None;
        await foreach (var page in reader.HistoryAsync(history, cancel).ConfigureAwait(false))
        {
            if (HasMoved(page, out var last))
            {
                var kept = (await CutAsync(reader, history, cancel).ConfigureAwait(false)).Where(sequence => sequence > delivered);
                await foreach (var cut in reader.HistoryAsync(history with { Sequences = [.. kept] }, cancel).ConfigureAwait(false)) yield return cut;
                yield break;
            }

            delivered = last;
            yield return page;
        }
    }

    private bool HasMoved(TopicPage page, out Sequence last)
    {
        last = Sequence.None;
        foreach (var record in page.Page)
        {
            last = record.Sequence;
            if (_homes.HomeOf(record.Key).Partition != page.Partition) return true;
        }

        return false;
    }

    /// <returns>What is left of the history.</returns>
    private async ValueTask<IEnumerable<Sequence>> CutAsync(TopicReader reader, TopicHistory history, CancellationToken cancel)
    {
        var surplus = new HashSet<Sequence>();
        foreach (var (topic, records) in await RecordsAsync(reader, history, cancel).ConfigureAwait(false))
        {
            var home = homes.HomeOf(topic).Partition;
            if (home == reader.Name) continue;
            if (!_room.TryGetValue(topic, out var room)) room = Math.Max(0, depth - await CountAsync(home, topic, cancel).ConfigureAwait(false));
            var kept = Math.Min(room, records.Count);
            surplus.UnionWith(records.Take(records.Count - kept));
            _room[topic] = room - kept;
        }

        return history.Sequences.Where(sequence => !surplus.Contains(sequence));
    }

    private async ValueTask<int> CountAsync(StreamName home, string topic, CancellationToken cancel)
    {
        if (!_records.TryGetValue(home, out var records))
        {
            var (reader, history) = begun.FirstOrDefault(each => each.Reader.Name == home);
            records = _records[home] = reader is null ? [] : await RecordsAsync(reader, history, cancel).ConfigureAwait(false);
        }

        return records.TryGetValue(topic, out var sequences) ? sequences.Count : 0;
    }

    private static async ValueTask<Dictionary<string, List<Sequence>>> RecordsAsync(TopicReader reader, TopicHistory history, CancellationToken cancel)
    {
        var records = new Dictionary<string, List<Sequence>>();
        await foreach (var page in reader.HistoryAsync(history, cancel).ConfigureAwait(false)) Add(page, records);
        return records;
    }

    private static void Add(TopicPage page, Dictionary<string, List<Sequence>> records)
    {
        foreach (var record in page.Page)
        {
            var topic = Encoding.UTF8.GetString(record.Key);
            if (!records.TryGetValue(topic, out var sequences)) records[topic] = sequences = [];
            sequences.Add(record.Sequence);
        }
    }
}
