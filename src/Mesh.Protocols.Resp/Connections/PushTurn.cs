namespace Mesh.Protocols.Resp.Connections;

/// <summary>
/// The turn in which one thread runs the commands that came in one read: pushes made in it are sent when it ends, one write a subscriber however many
/// messages it got.
/// </summary>
internal static class PushTurn
{
    [ThreadStatic]
    private static List<Outbound>? _owed;

    [ThreadStatic]
    private static bool _isOpen;

    public static void Begin() => _isOpen = true;

    /// <summary>Sends a push now, or when the turn of this thread ends.</summary>
    public static void Owe(Outbound outbound)
    {
        if (_isOpen) (_owed ??= []).Add(outbound);
        else outbound.Flush();
    }

    public static void End()
    {
        _isOpen = false;
        if (_owed is not { Count: > 0 } owed) return;
        foreach (var outbound in owed) outbound.Flush();
        owed.Clear();
    }
}
