namespace Mesh.Protocols.Resp.Connections;

/// <summary>
/// The turn in which one thread runs the commands that came in one read, or on an event loop in all reads that were ready: pushes made in it are sent when the
/// outermost ends, one write a subscriber however many messages it got.
/// </summary>
internal static class PushTurn
{
    [ThreadStatic]
    private static List<Outbound>? _owed;

    [ThreadStatic]
    private static int _depth;

    public static void Begin() => _depth++;

    /// <summary>Sends a push now, or when the turn of this thread ends.</summary>
    public static void Owe(Outbound outbound)
    {
        if (_depth > 0) (_owed ??= []).Add(outbound);
        else outbound.Flush();
    }

    public static void End()
    {
        if (--_depth > 0 || _owed is not { Count: > 0 } owed) return;
        foreach (var outbound in owed) outbound.Flush();
        owed.Clear();
    }
}
