using Mesh.Topics;

namespace Mesh;

/// <summary>A log of events whose keys are topics (protobus-server specification).</summary>
public interface IPartition : IGroupedLog
{
    /// <summary>
    /// First the last <paramref name="historyDepth"/> records of each topic that matches, in sequence order; then, live, every record whose
    /// topic matches. No gap and no double between the two. The first page comes at once, perhaps empty: what is appended after it came is delivered.
    /// </summary>
    /// <param name="filter">Which topics.</param>
    /// <param name="historyDepth">0 (live only) to <see cref="HistoryDepthMax"/>.</param>
    /// <param name="cancel">Ends the subscription.</param>
    IAsyncEnumerable<RecordPage> SubscribeAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default);

    /// <summary>Where the last records of each topic that matches are, and from where to follow the log for those that come after: without gap or double.</summary>
    /// <param name="filter">Which topics.</param>
    /// <param name="historyDepth">0 to <see cref="HistoryDepthMax"/>.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<TopicHistory> HistoryAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default);

    /// <summary>The records that a part of a history names; those gone since are left out.</summary>
    /// <param name="part">Up to <see cref="TopicHistory.PageRecords"/> sequences.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<RecordPage> PickAsync(TopicHistory part, CancellationToken cancel = default);

    /// <summary>Records kept within reach of history, per topic.</summary>
    const int HistoryDepthMax = 1000;
}

/// <summary>Which topics a subscription wants.</summary>
/// <param name="Pattern">A .NET regular expression that <see cref="System.Text.RegularExpressions.RegexOptions.NonBacktracking"/> takes, matched from the start
/// of the topic; null matches every topic.</param>
public sealed record TopicFilter(string? Pattern);
