using Mesh.Protocols.Http.Rse.Tokens;

namespace Mesh.Protocols.Http.Rse;

/// <summary>How strict a listener of the RSE door is (RSE specification, sections 2.7 and 4).</summary>
public enum RseMode
{
    /// <summary>Clients may leave out their token; they may leave out their UUID and share one; and <c>GET /all</c> dumps every event. For development on one machine.</summary>
    Test,

    /// <summary>Every client has a valid token and names its UUID; <c>/all</c> is a channel like any other.</summary>
    Live,
}

/// <summary>Options of the RSE door.</summary>
public sealed record RseOptions
{
    /// <summary>The largest <see cref="BodyBytesMax"/>.</summary>
    public const int BodyBytesLimit = 32 * 1024 * 1024;

    /// <summary>The largest <see cref="TokenHashedFromChars"/>.</summary>
    public const int TokenCharsUnhashed = 250;

    /// <summary>How long an event can be read. 1 s to 365 days; default 120 s. A tree of channels made under another value takes this one at its next post.</summary>
    public TimeSpan EventTtl { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Largest event, in bytes of JSON; a larger one is refused with 413. 1 to <see cref="BodyBytesLimit"/>; default 20 MB.</summary>
    public int BodyBytesMax { get; init; } = 20_000_000;

    /// <summary>Says which tokens are valid. Default null: in live mode none is, in test mode none is looked at.</summary>
    public ITokenStore? Tokens { get; init; }

    /// <summary>Put before a token to make its key. Default empty.</summary>
    public string TokenPrefix { get; init; } = "";

    /// <summary>A token's key of so many characters or more is hashed. 1 to <see cref="TokenCharsUnhashed"/>, which is the default.</summary>
    public int TokenHashedFromChars { get; init; } = TokenCharsUnhashed;

    /// <summary>Requests that wait for events at once, by <c>wait</c> or as a stream; more are refused with 429. 0 to 1,000,000; default 20,000.</summary>
    public int WaitsMax { get; init; } = 20_000;

    /// <summary>Origins whose pages may ask from within a browser, such as <c>https://example.org</c>; <c>*</c> for any. Default none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Check()
    {
        if (EventTtl < TimeSpan.FromSeconds(1) || EventTtl > TimeSpan.FromDays(365))
            throw new ArgumentException($"{nameof(EventTtl)} must be from 1 s to 365 days; it is {EventTtl}.");
        if (BodyBytesMax is < 1 or > BodyBytesLimit)
            throw new ArgumentException($"{nameof(BodyBytesMax)} must be from 1 to {BodyBytesLimit}; it is {BodyBytesMax}.");
        if (WaitsMax is < 0 or > 1_000_000) throw new ArgumentException($"{nameof(WaitsMax)} must be from 0 to 1000000; it is {WaitsMax}.");
        if (TokenHashedFromChars is < 1 or > TokenCharsUnhashed)
            throw new ArgumentException($"{nameof(TokenHashedFromChars)} must be from 1 to {TokenCharsUnhashed}; it is {TokenHashedFromChars}.");
    }
}
