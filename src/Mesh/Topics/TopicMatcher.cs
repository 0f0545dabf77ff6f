using System.Text;
using System.Text.RegularExpressions;
using Mesh.Frames;

namespace Mesh.Topics;

/// <summary>Decides once for each topic whether a subscription wants it. Belongs to one subscription; not thread-safe.</summary>
public sealed class TopicMatcher
{
    /// <summary>Decisions remembered; beyond it all are forgotten and made again.</summary>
    private const int TopicsMax = 100_000;

    private readonly Regex? _pattern;
    private readonly Dictionary<byte[], bool> _decisions = new(BytesComparer.Instance);

    /// <exception cref="ArgumentException">The pattern is not one that matches in linear time.</exception>
    public TopicMatcher(TopicFilter filter)
    {
        if (filter.Pattern is null) return;
        try
        {
            _pattern = new Regex(filter.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException reason)
        {
            throw new ArgumentException($"The pattern cannot be matched in linear time: {reason.Message}", nameof(filter), reason);
        }
    }

    /// <summary>One that decides the same, with decisions of its own.</summary>
    public TopicMatcher(TopicMatcher other) => _pattern = other._pattern;

    public bool MatchesAll => _pattern is null;

    public bool Matches(ReadOnlySpan<byte> topic)
    {
        if (_pattern is null) return true;
        var decisions = _decisions.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (decisions.TryGetValue(topic, out var decided)) return decided;
        if (_decisions.Count >= TopicsMax) _decisions.Clear();
        var matches = _pattern.IsMatch(Encoding.UTF8.GetString(topic));
        decisions[topic] = matches;
        return matches;
    }

    /// <summary>The records of a page whose topics match, in runs.</summary>
    public RecordPage Filter(RecordPage page)
    {
        if (MatchesAll) return page;
        var runs = new List<BatchSlice>();
        foreach (var slice in page.Slices)
        {
            var run = default(BatchSlice);
            var walker = slice.GetEnumerator();
            while (walker.MoveNext())
            {
                if (Matches(walker.Current.Key))
                {
                    run = run.Count == 0 ? new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1) : run with { Count = run.Count + 1 };
                    continue;
                }

                if (run.Count > 0) runs.Add(run);
                run = default;
            }

            if (run.Count > 0) runs.Add(run);
        }

        return new RecordPage(runs, page.Next, page.LowWatermark, page.HighWatermark);
    }
}
