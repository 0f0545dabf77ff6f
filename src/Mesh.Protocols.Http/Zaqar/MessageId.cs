using System.Globalization;
using System.Text;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>
/// Names one message for clients, to whom it is opaque: the stream's number and the sequence, both in lower-case hexadecimal digits. A queue made anew under
/// its old name has another number, so that old ids match nothing in it.
/// </summary>
internal readonly record struct MessageId(StreamNumber Stream, Sequence Sequence)
{
    /// <summary>Bytes and characters of the longest id.</summary>
    public const int Utf8BytesMax = 33;

    /// <returns>False for a text that is no id of ours.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out MessageId id)
    {
        id = default;
        var dash = text.IndexOf('-');
        if (dash < 0 || !TryParsePart(text[..dash], out var stream) || !TryParsePart(text[(dash + 1)..], out var sequence)) return false;
        id = new MessageId(new StreamNumber(stream), new Sequence(sequence));
        return true;
    }

    /// <param name="target">Takes <see cref="Utf8BytesMax"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Format(Span<byte> target)
    {
        Stream.Value.TryFormat(target, out var first, "x", CultureInfo.InvariantCulture);
        target[first++] = (byte)'-';
        Sequence.Value.TryFormat(target[first..], out var second, "x", CultureInfo.InvariantCulture);
        return first + second;
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[Utf8BytesMax];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    private static bool TryParsePart(ReadOnlySpan<char> digits, out long value)
    {
        value = 0;
        return !digits.ContainsAnyExcept("0123456789abcdef") && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value > 0;
    }
}
