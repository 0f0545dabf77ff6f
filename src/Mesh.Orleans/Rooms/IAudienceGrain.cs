using Orleans.Concurrency;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// Which processes have listeners, and the patterns of each: one grain, with key 0, that changes them; every silo has a copy. A change is answered when all
/// silos that may hold rooms have it.
/// </summary>
public interface IAudienceGrain : IGrainWithIntegerKey
{
    /// <summary>Takes part in changes, or asks to be told of them.</summary>
    ValueTask ChangeAsync(AudienceChange change);

    /// <summary>A silo asks for its copy. From now on it is told of changes.</summary>
    [AlwaysInterleave]
    ValueTask<Audience> CopyAsync(SiloAddress silo);

    /// <summary>Distinct patterns.</summary>
    [AlwaysInterleave]
    ValueTask<int> PatternsAsync();

    /// <summary>Rooms with listeners over the cluster that match a pattern.</summary>
    [AlwaysInterleave]
    ValueTask<byte[][]> RoomsAsync([Immutable] byte[] pattern);
}

/// <summary>One change of the audience.</summary>
/// <param name="Kind">What changes.</param>
/// <param name="Process">Whose.</param>
/// <param name="Pattern">The pattern that comes or goes; null when it is not about one.</param>
[GenerateSerializer, Immutable]
public sealed record AudienceChange([property: Id(0)] AudienceChangeKind Kind, [property: Id(1)] RoomProcess Process, [property: Id(2)] byte[]? Pattern);

/// <summary>What changes in the audience. The numbers cross between versions: never change one.</summary>
[GenerateSerializer]
public enum AudienceChangeKind
{
    /// <summary>A process has its first listener.</summary>
    Enter = 1,

    /// <summary>A process is gone, with its patterns.</summary>
    Leave = 2,

    AddPattern = 3,

    RemovePattern = 4,
}

/// <summary>The whole audience as of a version.</summary>
[GenerateSerializer, Immutable]
public sealed record Audience([property: Id(0)] long Version, [property: Id(1)] AudienceMember[] Members)
{
    public static readonly Audience Nobody = new(0, []);

    /// <summary>The audience after one change.</summary>
    public Audience With(AudienceChange change)
    {
        var at = Array.FindIndex(Members, member => member.Process == change.Process);
        var before = at < 0 ? new AudienceMember(change.Process, []) : Members[at];
        AudienceMember? after = change.Kind switch
        {
            AudienceChangeKind.Enter => before,
            AudienceChangeKind.Leave => null,
            AudienceChangeKind.AddPattern => before with { Patterns = [.. before.Patterns.Where(pattern => !pattern.AsSpan().SequenceEqual(change.Pattern)), change.Pattern!] },
            AudienceChangeKind.RemovePattern => before with { Patterns = [.. before.Patterns.Where(pattern => !pattern.AsSpan().SequenceEqual(change.Pattern))] },
            _ => throw new ArgumentException($"A change of an unknown kind, {change.Kind}: a newer process sent it."),
        };
        List<AudienceMember> members = [.. Members];
        if (at >= 0) members.RemoveAt(at);
        if (after is not null) members.Add(after);
        return new Audience(Version + 1, [.. members]);
    }
}

/// <summary>One process and the patterns that it has listeners of.</summary>
[GenerateSerializer, Immutable]
public sealed record AudienceMember([property: Id(0)] RoomProcess Process, [property: Id(1)] byte[][] Patterns);
