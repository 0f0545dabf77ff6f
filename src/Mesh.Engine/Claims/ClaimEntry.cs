namespace Mesh.Engine.Claims;

/// <summary>What is known of one record that is not simply free: claimed, free again, delayed, or on its way to the dead letters.</summary>
internal sealed class ClaimEntry(long sequence, RecordTime visibleAt, RecordTime expiresAt)
{
    public long Sequence { get; } = sequence;

    /// <summary>Not to be handed out before.</summary>
    public RecordTime VisibleAt { get; } = visibleAt;

    /// <summary>As claims may have extended it.</summary>
    public RecordTime ExpiresAt { get; set; } = expiresAt;

    public int Deliveries { get; set; }

    /// <summary>The live claim that holds it.</summary>
    public LiveClaim? Claim { get; set; }

    /// <summary>It is being moved to the dead letters; nobody may have it.</summary>
    public bool IsDying { get; set; }
}

/// <summary>A claim that has not ended.</summary>
internal sealed class LiveClaim(ClaimId id, RecordTime at, TimeSpan timeout)
{
    public ClaimId Id { get; } = id;

    /// <summary>When it was made or last extended.</summary>
    public RecordTime At { get; set; } = at;

    public TimeSpan Timeout { get; set; } = timeout;

    public RecordTime EndsAt => At.Plus(Timeout);

    public List<ClaimEntry> Entries { get; } = [];
}

/// <summary>What a record itself says about when it may be had.</summary>
/// <param name="Sequence">Its place.</param>
/// <param name="VisibleAt">Not to be handed out before.</param>
/// <param name="ExpiresAt">Gone from then on.</param>
/// <param name="Priority">Records of a higher one are handed out first; from 0.</param>
internal readonly record struct RecordTerms(long Sequence, RecordTime VisibleAt, RecordTime ExpiresAt, int Priority = 0);
