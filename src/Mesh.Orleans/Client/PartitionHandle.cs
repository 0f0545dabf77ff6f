using System.Runtime.CompilerServices;
using Mesh.Engine.Partitions;
using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One log of events. Topics are matched here, so that all subscribers of a process share the one call that follows the log.</summary>
internal sealed class PartitionHandle(StreamName name, IPartitionGrain grain, HandleContext context)
    : StreamHandle(name, grain, context), IPartition
{
    public async IAsyncEnumerable<RecordPage> SubscribeAsync(TopicFilter filter, int historyDepth, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var matcher = new TopicMatcher(filter);
        var history = await Patience.CallAsync(() => grain.HistoryAsync(filter, historyDepth), cancel);
        yield return history.FirstPage;
        for (var at = 0; at < history.Sequences.Count; at += TopicHistory.PageRecords)
        {
            var part = history with { Sequences = [.. history.Sequences.Skip(at).Take(TopicHistory.PageRecords)] };
            var page = await Patience.CallAsync(() => grain.PickAsync(part, cancel), cancel);
            if (page.Count > 0) yield return page;
        }

        await foreach (var page in TailAsync(history.FirstPage.Next, cancel))
        {
            var matching = matcher.Filter(page);
            if (matching.Count > 0) yield return matching;
        }
    }
}
