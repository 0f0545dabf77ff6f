using System.Collections.Concurrent;
using System.Globalization;

namespace Mesh.Protocols.Rotera;

/// <summary>The stages of all queues that were pushed to through this process: never more than there are rings. Thread-safe.</summary>
internal sealed class RoteraStages(IMesh mesh, RoteraOptions options)
{
    private readonly ConcurrentDictionary<uint, Stage> _stages = new();
    private readonly StageBudget _budget = new(options.StagedBytesMax);

    /// <summary>A queue's number is its ring's name.</summary>
    public static StreamName NameOf(uint queue) => StreamName.Ring(queue.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="RoteraViolation">There is no such ring and none is made.</exception>
    public ValueTask PushAsync(uint queue, StagedBatch batch, CancellationToken cancel) =>
        _stages.GetOrAdd(queue, number => new Stage(mesh, NameOf(number), options, _budget)).PushAsync(batch, cancel);

    public ValueTask CommitAsync(uint queue, CancellationToken cancel) => _stages.TryGetValue(queue, out var stage) ? stage.CommitAsync(cancel) : default;
}
