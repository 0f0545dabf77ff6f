using System.Globalization;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>Redis ids, <c>milliseconds-number</c>.</summary>
internal static class IdText
{
    /// <param name="place">Where it stands, for the error text.</param>
    /// <param name="text">The id.</param>
    /// <exception cref="V1Refusal">It is none.</exception>
    public static RingId Parse(string place, string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && TryNumber(text.AsSpan(0, dash), out var milliseconds) && TryNumber(text.AsSpan(dash + 1), out var number) && (milliseconds, number) != (0, 0)
            ? new RingId(milliseconds, number)
            : throw V1Refusal.Invalid($"{place} is an id such as 1526919030474-0, above 0-0; it is '{text}'.");
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
