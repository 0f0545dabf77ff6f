namespace Mesh.Topics.Patterns;

/// <summary>Flags after <c>(?</c>, as in <c>(?i)</c> or <c>(?s-i:…)</c>.</summary>
/// <param name="On">Of <c>i m s</c>, those switched on: they mean the same in .NET.</param>
/// <param name="Off">Those switched off.</param>
/// <param name="Verbose">Whether white space and comments count for nothing; null when nothing is said.</param>
internal sealed record PatternFlags(string On, string Off, bool? Verbose)
{
    /// <summary>Reads flags, none included, up to the <c>:</c> or <c>)</c> after them.</summary>
    /// <returns>Null, and nothing taken, when there is something else.</returns>
    /// <exception cref="PatternException">A flag that cannot be translated.</exception>
    public static PatternFlags? TryTake(PatternText text)
    {
        var start = text.Position;
        var on = TakeLetters(text);
        var hasOff = text.TryTake('-');
        var off = hasOff ? TakeLetters(text) : "";
        if (text.Peek is not (':' or ')') || (text.Peek == ')' && (hasOff || on.Length == 0)) || (hasOff && off.Length == 0))
        {
            text.Position = start;
            return null;
        }

        if ((on + off).IndexOfAny(['a', 'L']) >= 0)
            throw new PatternException("the flags 'a' and 'L' are not known here; topics are Unicode.");
        bool? verbose = off.Contains('x') ? false : on.Contains('x') ? true : null;
        return new PatternFlags(Kept(on), Kept(off), verbose);
    }

    /// <summary>The start of a group under these flags.</summary>
    public string ToGroup() => Off.Length == 0 ? $"(?{On}:" : $"(?{On}-{Off}:";

    private static string TakeLetters(PatternText text)
    {
        var letters = "";
        while ("aiLmsux".Contains(text.Peek, StringComparison.Ordinal)) letters += text.Take();
        return letters;
    }

    private static string Kept(string letters) => string.Concat(letters.Where(c => c is 'i' or 'm' or 's').Distinct());
}
