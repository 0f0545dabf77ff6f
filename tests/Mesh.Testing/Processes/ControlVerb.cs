namespace Mesh.Testing.Processes;

/// <summary>What a test and the silos it runs as processes call each other for.</summary>
public static class ControlVerb
{
    /// <summary>The silo asks what the wall clock shows, in ticks.</summary>
    public const string Clock = "clock";

    /// <summary>The silo's clock goes on by so many ticks.</summary>
    public const string Advance = "advance";

    /// <summary>The silo's wall clock is set to these ticks.</summary>
    public const string SetWall = "wall";

    /// <summary>The silo is about to call a store, by the pool's uri or nothing for its own; the answer is <see cref="Away"/> or nothing.</summary>
    public const string Reach = "reach";

    /// <summary>The silo is about to commit to a store; the answer is <see cref="Away"/> or a <see cref="CommitFault"/>.</summary>
    public const string Begin = "begin";

    /// <summary>The silo has written a commit to a store.</summary>
    public const string End = "end";

    /// <summary>The store is away.</summary>
    public const string Away = "away";
}
