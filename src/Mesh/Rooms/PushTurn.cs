namespace Mesh;

/// <summary>
/// A turn of one thread in which much is handed on, such as all messages that came together: what waits to be sent because of it is sent when the outermost
/// turn ends, one write or call for each receiver however much it got. What belongs to a turn is the thread's own.
/// </summary>
public static class PushTurn
{
    [ThreadStatic]
    private static List<IOwed>? _owed;

    [ThreadStatic]
    private static int _depth;

    /// <summary>True between <see cref="Begin"/> and <see cref="End"/> on this thread.</summary>
    public static bool IsUnderWay => _depth > 0;

    /// <summary>How much waits to be sent when the turn of this thread ends.</summary>
    public static int Owed => _owed?.Count ?? 0;

    public static void Begin() => _depth++;

    /// <summary>Sends now, or when the turn of this thread ends.</summary>
    public static void Owe(IOwed owed)
    {
        if (_depth > 0) (_owed ??= []).Add(owed);
        else owed.Flush();
    }

    public static void End()
    {
        if (--_depth > 0 || _owed is not { Count: > 0 } owed) return;
        foreach (var one in owed) one.Flush();
        owed.Clear();
    }
}

/// <summary>Something that waits to be sent.</summary>
public interface IOwed
{
    /// <summary>Sends what waits. Returns at once, never throws, and owes nothing itself.</summary>
    void Flush();
}
