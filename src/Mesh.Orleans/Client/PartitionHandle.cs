using System.Runtime.CompilerServices;
using Mesh.Orleans.Grains;
using Mesh.Topics;

namespace Mesh.Orleans.Client;

/// <summary>One log of events. Topics are matched here, so that all subscribers of a process share the one call that follows the log.</summary>
internal sealed class PartitionHandle(StreamName name, IPartitionGrain grain, HandleContext context)
    : GroupedHandle(name, grain, grain, context), IPartition
{
    public async IAsyncEnumerable<RecordPage> SubscribeAsync(TopicFilter filter, int historyDepth, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var matcher = new TopicMatcher(filter);
        var history = await HistoryAsync(filter, historyDepth, cancel);
        yield return history.FirstPage;
        foreach (var part in history.Parts())
        {
            var page = await PickAsync(part, cancel);
            if (page.Count > 0) yield return page;
        }

        await foreach (var page in TailAsync(history.FirstPage.Next, cancel))
        {
            var matching = matcher.Filter(page);
            if (matching.Count > 0) yield return matching;
        }
    }

    public ValueTask<TopicHistory> HistoryAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.HistoryAsync(filter, historyDepth, cancel), cancel);

    public ValueTask<RecordPage> PickAsync(TopicHistory part, CancellationToken cancel = default) => Patience.CallAsync(() => grain.PickAsync(part, cancel), cancel);
}
