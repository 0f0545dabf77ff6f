namespace Mesh.Protocols.Http.MeshV1.Claims;

/// <summary>How long and how many, as clients say it.</summary>
internal static class ClaimTermFields
{
    public const string Limit = "limit";
    public const string Timeout = "visibilityTimeoutSeconds";
    public const string Grace = "graceSeconds";
    public const int RecordsMax = 1000;

    private const decimal TermSecondsMax = 366m * 24 * 3600;
    private const int RecordsDefault = 10;

    private static readonly TimeSpan TimeoutDefault = TimeSpan.FromSeconds(60);

    public static int LimitOf(V1Fields fields) => (int)(fields.Number(Limit, 1, RecordsMax) ?? RecordsDefault);

    public static TimeSpan TimeoutOf(V1Fields fields) => fields.Seconds(Timeout, 0.000001m, TermSecondsMax) ?? TimeoutDefault;

    public static ClaimTerms Of(V1Fields fields) => new(TimeoutOf(fields), fields.Seconds(Grace, 0, TermSecondsMax) ?? TimeSpan.Zero);
}
