using Mesh.Hosting.Options;
using Mesh.Protocols.Http.Rse;

namespace Mesh.Hosting.Doors;

/// <summary>How strict RSE is at each of its listeners, as the user set it. Null follows the listener's address.</summary>
/// <param name="Rse">At <c>--rse</c>.</param>
/// <param name="Http">Below <c>/rse/</c> at <c>--http</c>.</param>
public sealed record RseModes(RseMode? Rse, RseMode? Http)
{
    public const string Form = "test | live | rse=…,http=…";

    /// <summary>Reads one mode for both listeners, or modes by listener.</summary>
    /// <exception cref="FormatException">What is wrong with the text.</exception>
    public static RseModes Parse(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal)) return Both(OptionText.Word<RseMode>(text));
        var modes = new RseModes(null, null);
        foreach (var part in text.Split(','))
        {
            modes = part.Split('=', 2) switch
            {
                ["rse", var mode] => modes with { Rse = OptionText.Word<RseMode>(mode) },
                ["http", var mode] => modes with { Http = OptionText.Word<RseMode>(mode) },
                _ => throw new FormatException("a mode, or modes by listener such as rse=test,http=live, is needed"),
            };
        }

        return modes;
    }

    private static RseModes Both(RseMode mode) => new(mode, mode);
}
