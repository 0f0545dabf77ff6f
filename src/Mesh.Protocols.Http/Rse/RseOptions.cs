namespace Mesh.Protocols.Http.Rse;

/// <summary>How strict the RSE door is (RSE specification, sections 2.7 and 4).</summary>
public enum RseMode
{
    /// <summary>Clients may leave out their UUID and share one, and <c>GET /all</c> dumps every event. For development on one machine.</summary>
    Test,

    /// <summary>Every client names its UUID; <c>/all</c> is a channel like any other.</summary>
    Live,
}

/// <summary>Options of the RSE door.</summary>
public sealed record RseOptions
{
    /// <summary>The largest <see cref="BodyBytesMax"/>.</summary>
    public const int BodyBytesLimit = 32 * 1024 * 1024;

    /// <summary>Default: <see cref="RseMode.Live"/>.</summary>
    public RseMode Mode { get; init; } = RseMode.Live;

    /// <summary>How long an event can be read. 1 s to 365 days; default 120 s. A tree of channels made under another value takes this one at its next post.</summary>
    public TimeSpan EventTtl { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Largest event, in bytes of JSON; a larger one is refused with 413. 1 to <see cref="BodyBytesLimit"/>; default 20 MB.</summary>
    public int BodyBytesMax { get; init; } = 20_000_000;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Check()
    {
        if (EventTtl < TimeSpan.FromSeconds(1) || EventTtl > TimeSpan.FromDays(365))
            throw new ArgumentException($"{nameof(EventTtl)} must be from 1 s to 365 days; it is {EventTtl}.");
        if (BodyBytesMax is < 1 or > BodyBytesLimit)
            throw new ArgumentException($"{nameof(BodyBytesMax)} must be from 1 to {BodyBytesLimit}; it is {BodyBytesMax}.");
        if (!Enum.IsDefined(Mode)) throw new ArgumentException($"{nameof(Mode)} must be {RseMode.Test} or {RseMode.Live}; it is {Mode}.");
    }
}
