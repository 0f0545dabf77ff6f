namespace Mesh.Testing.Faults;

/// <summary>
/// What consumers of one queue claimed and acknowledged. A message whose deletion was answered must never be handed out again, and each that a producer was told
/// of must have been handed out. Thread-safe.
/// </summary>
public sealed class ClaimHistory
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _claimed = [];
    private readonly HashSet<string> _deleted = [];
    private readonly List<string> _again = [];

    public int Deleted
    {
        get
        {
            lock (_gate) return _deleted.Count;
        }
    }

    /// <summary>What is deleted by now: to be asked for before a claim, since only what was deleted before it must not come with it.</summary>
    public IReadOnlySet<string> Before()
    {
        lock (_gate) return new HashSet<string>(_deleted);
    }

    /// <summary>A message was handed out by a claim that was asked for after <paramref name="before"/>.</summary>
    public void Claimed(string message, IReadOnlySet<string> before)
    {
        lock (_gate)
        {
            _claimed.Add(message);
            if (before.Contains(message)) _again.Add(message);
        }
    }

    /// <summary>Its deletion was answered.</summary>
    public void Acknowledged(string message)
    {
        lock (_gate) _deleted.Add(message);
    }

    /// <summary>Handed out again after their deletion was answered.</summary>
    public IReadOnlyList<string> HandedOutAgain()
    {
        lock (_gate) return [.. _again];
    }

    /// <summary>Those of <paramref name="acknowledged"/> that nobody was ever handed.</summary>
    public IReadOnlyList<string> NeverHandedOut(IEnumerable<string> acknowledged)
    {
        lock (_gate) return [.. acknowledged.Where(message => !_claimed.Contains(message))];
    }
}
