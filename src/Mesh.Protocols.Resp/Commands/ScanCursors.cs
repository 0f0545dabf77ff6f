namespace Mesh.Protocols.Resp.Commands;

/// <summary>
/// Names at which scans stand, by number: a cursor is a number, and streams are listed by name. The last ones given are known; a scan with an older one begins
/// anew, so it misses nothing. Thread-safe.
/// </summary>
internal sealed class ScanCursors
{
    /// <summary>Cursors known at once.</summary>
    private const int CursorsMax = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, string> _names = [];
    private readonly Dictionary<string, ulong> _cursors = new(StringComparer.Ordinal);
    private readonly Queue<ulong> _byAge = new();
    private ulong _last;

    /// <summary>The cursor after a name; the same as long as it is known.</summary>
    public ulong Of(string name)
    {
        lock (_gate)
        {
            if (_cursors.TryGetValue(name, out var known)) return known;
            if (_byAge.Count == CursorsMax && _names.Remove(_byAge.Dequeue(), out var oldest)) _cursors.Remove(oldest);
            _names[++_last] = name;
            _cursors[name] = _last;
            _byAge.Enqueue(_last);
            return _last;
        }
    }

    /// <summary>The name after which a scan goes on; empty to begin.</summary>
    public string NameOf(ulong cursor)
    {
        lock (_gate) return _names.GetValueOrDefault(cursor, "");
    }
}
