using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mesh.Testing.Doors;

/// <summary>Finds the number that was published in whatever a door makes of it.</summary>
internal static partial class NumberText
{
    /// <summary>A number beside which there may be other digits.</summary>
    public static string Marked(int number) => string.Create(CultureInfo.InvariantCulture, $"@{number}@");

    /// <summary>The marked number, or the last digits: a number or an object as JSON, or an entry as it is stored.</summary>
    public static int Of(ReadOnlySpan<byte> body) => Of(Encoding.Latin1.GetString(body));

    /// <summary>As the other.</summary>
    public static int Of(string body)
    {
        var marked = MarkedNumber().Match(body);
        return int.Parse(marked.Success ? marked.Groups[1].Value : LastDigits().Match(body).Value, CultureInfo.InvariantCulture);
    }

    /// <summary>A number, an object with one, or a string that has it as text or holds the body's bytes in base64.</summary>
    public static int Of(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.String) return Of(body.GetRawText());
        var text = body.GetString()!;
        if (text.Contains('@', StringComparison.Ordinal) || text.All(char.IsAsciiDigit)) return Of(text);
        return Of(Convert.FromBase64String(text));
    }

    [GeneratedRegex("@([0-9]+)@")]
    private static partial Regex MarkedNumber();

    [GeneratedRegex("[0-9]+", RegexOptions.RightToLeft)]
    private static partial Regex LastDigits();
}
