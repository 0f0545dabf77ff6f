namespace Mesh.Protocols.Http.Rse;

/// <summary>Who a client is: the UUID within its User-Agent header (RSE specification, section 2.2). Compared exactly; nothing checks that it is a UUID.</summary>
internal static class ClientUuid
{
    /// <summary>The one that clients without a UUID share in test mode.</summary>
    public const string Anonymous = "550e8400-dead-beef-dead-446655440000";

    private const string Mark = "uuid/";
    private const int CharsMax = 36;

    /// <returns>The client's own, or in test mode the shared one; null when it must have one and has none.</returns>
    public static string? Of(string userAgent, RseMode mode) => Find(userAgent) ?? (mode == RseMode.Test ? Anonymous : null);

    /// <returns>Up to 36 characters after the first <c>uuid/</c>; null when there are none.</returns>
    public static string? Find(string userAgent)
    {
        var mark = userAgent.IndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0) return null;
        var rest = userAgent.AsSpan(mark + Mark.Length);
        return rest.IsEmpty ? null : rest[..Math.Min(CharsMax, rest.Length)].ToString();
    }
}
