namespace Mesh.Engine.Storage;

/// <summary>
/// Orders names by code point, as the UTF-8 bytes in a database do. UTF-16's own order differs where surrogates meet U+E000 to U+FFFF.
/// </summary>
public sealed class NameOrder : IComparer<string>
{
    public static readonly NameOrder Instance = new();

    private NameOrder()
    {
    }

    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var same = left.CommonPrefixLength(right);
        return same == left.Length || same == right.Length ? left.Length.CompareTo(right.Length) : Rank(left[same]).CompareTo(Rank(right[same]));
    }

    // Surrogates stand for code points above all others: move them there.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
