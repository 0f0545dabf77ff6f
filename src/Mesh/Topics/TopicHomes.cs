using System.Text;

namespace Mesh.Topics;

/// <summary>
/// Where events go by their topics: the first rule that matches a topic is its home, so an event has one place. A topic that no rule matches, and every topic when
/// there are no rules, goes to <see cref="Events"/>. The same rules belong to every process of one mesh. Thread-safe.
/// </summary>
public sealed class TopicHomes
{
    /// <summary>The home of every topic that no rule gives another.</summary>
    public static readonly StreamName Events = StreamName.Partition("events");

    /// <summary>No rules: one partition.</summary>
    public static readonly TopicHomes Default = new([]);

    private const int RulesMax = 1000;

    private readonly TopicHome _events;

    /// <param name="rules">In the order in which they are tried.</param>
    /// <param name="keeps">What partitions keep, by the prefixes of their rules; of several for one prefix the last counts.</param>
    /// <exception cref="ArgumentException">There are too many rules, or a prefix is none of theirs.</exception>
    public TopicHomes(IReadOnlyList<PartitionRule> rules, IReadOnlyList<PartitionKeep>? keeps = null)
    {
        if (rules.Count > RulesMax) throw new ArgumentException($"There may be {RulesMax} rules of partitions; there are {rules.Count}.", nameof(rules));
        keeps ??= [];
        if (keeps.FirstOrDefault(keep => keep.Prefix != Events.Name && rules.All(rule => rule.Prefix != keep.Prefix)) is { } lost)
            throw new ArgumentException($"No rule of partitions has the prefix {lost.Prefix}; {string.Join(", ", rules.Select(rule => rule.Prefix).Append(Events.Name).Distinct())} can keep something.");
        Rules = [.. rules.Select(rule => keeps.LastOrDefault(keep => keep.Prefix == rule.Prefix) is { } keep ? rule.Keeping(keep.Options) : rule)];
        _events = new TopicHome(Events, null, keeps.LastOrDefault(keep => keep.Prefix == Events.Name)?.Options ?? StreamOptions.Default);
    }

    /// <summary>In the order in which they are tried.</summary>
    public IReadOnlyList<PartitionRule> Rules { get; }

    /// <summary>True when every topic's home is <see cref="Events"/>.</summary>
    public bool AreOne => Rules.Count == 0;

    /// <summary>The home of a topic. Costs a match of each rule up to the first that takes it; see <see cref="TopicHomeCache"/>.</summary>
    public TopicHome HomeOf(string topic)
    {
        foreach (var rule in Rules)
            if (rule.Matches(topic)) return rule.HomeOf(topic);
        return _events;
    }
}

/// <summary>Remembers the homes of the topics that one caller asks for. Not thread-safe.</summary>
public sealed class TopicHomeCache(TopicHomes homes)
{
    /// <summary>Topics remembered; beyond it all are forgotten and found again.</summary>
    private const int TopicsMax = 10_000;

    private readonly TopicHome _only = homes.HomeOf("");
    private readonly Dictionary<byte[], TopicHome> _known = new(BytesComparer.Instance);

    /// <param name="topic">UTF-8.</param>
    public TopicHome HomeOf(ReadOnlySpan<byte> topic)
    {
        if (homes.AreOne) return _only;
        var known = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(topic, out var home)) return home;
        if (_known.Count >= TopicsMax) _known.Clear();
        return known[topic] = homes.HomeOf(Encoding.UTF8.GetString(topic));
    }
}
