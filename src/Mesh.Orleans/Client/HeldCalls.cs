using System.Collections.Concurrent;

namespace Mesh.Orleans.Client;

/// <summary>
/// The holds that callers of this process have of one stream. Calls made under one of them take it to the grain beside the call, and are refused there when the grain knows
/// nothing of it: another silo has the stream by now. Thread-safe.
/// </summary>
internal sealed class HeldCalls
{
    private const string Key = "mesh-hold";

    private readonly ConcurrentDictionary<StreamHold, bool> _holds = new();

    /// <summary>In a grain: the hold that it is called under; null for none.</summary>
    public static StreamHold? Hold => RequestContext.Get(Key) is Guid id ? new StreamHold(id) : null;

    public void Begin(StreamHold hold) => _holds[hold] = true;

    public void End(StreamHold hold) => _holds.TryRemove(hold, out _);

    /// <summary>What this method calls from here on is called under the flow's hold, if it is of this stream.</summary>
    public void Mark()
    {
        if (StreamHold.Current is { } hold && _holds.ContainsKey(hold)) RequestContext.Set(Key, hold.Id);
    }
}
