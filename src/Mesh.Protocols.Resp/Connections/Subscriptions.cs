using System.Text;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Protocols.Resp.Rooms;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>Names a connection has subscribed to. Thread-safe.</summary>
public sealed class Subscriptions
{
    private readonly Lock _change = new();
    private readonly SlotMeter? _slots;

    /// <summary>Names are bytes; each byte as one character compares the same.</summary>
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <param name="slots">Where those of each slot are counted; null for names that have none.</param>
    internal Subscriptions(SlotMeter? slots) => _slots = slots;

    public int Count => _names.Count;

    public bool Contains(ReadOnlySpan<byte> name)
    {
        lock (_change) return _names.Contains(TextOf(name));
    }

    public void Add(ReadOnlySpan<byte> name)
    {
        lock (_change)
        {
            if (_names.Add(TextOf(name))) CountSlot(name, 1);
        }
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        lock (_change)
        {
            if (!_names.Remove(TextOf(name))) return false;
            CountSlot(name, -1);
            return true;
        }
    }

    public IReadOnlyList<byte[]> Names()
    {
        lock (_change) return [.. _names.Select(Encoding.Latin1.GetBytes)];
    }

    public void Clear()
    {
        foreach (var name in Names()) Remove(name);
    }

    private static string TextOf(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name);

    /// <summary>A name that says where in a room's history to go on is of the room's slot.</summary>
    private void CountSlot(ReadOnlySpan<byte> name, int by)
    {
        if (_slots is null) return;
        if (ResumePoint.TryParse(name, out var point)) name = point.Room;
        _slots.CountSubscription(name, by);
    }
}
