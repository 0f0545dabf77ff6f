using System.Buffers;
using System.Numerics;
using Mesh.Frames;

namespace Mesh.Engine.Claims;

/// <summary>
/// A set of sequences that fills up from below: everything before <see cref="Low"/> is in it, what lies beyond is kept as bits, a page of 4,096 at a time, and
/// a full page costs nothing more. Not thread-safe.
/// </summary>
internal sealed class SequenceSet
{
    private const int PageBits = 4096;
    private const int PageWords = PageBits / 64;

    private readonly Dictionary<long, Page> _pages = [];

    /// <summary>The first sequence that is not in the set.</summary>
    public long Low { get; private set; } = 1;

    /// <summary>Members beyond <see cref="Low"/>.</summary>
    public long CountAboveLow { get; private set; }

    public bool Contains(long sequence) =>
        sequence < Low || (_pages.TryGetValue(sequence / PageBits, out var page) && page.Has((int)(sequence % PageBits)));

    /// <summary>The first sequence from <paramref name="from"/> on that is not in the set.</summary>
    public long NextAbsent(long from)
    {
        var next = Math.Max(from, Low);
        while (_pages.TryGetValue(next / PageBits, out var page))
        {
            var bit = page.FirstClearFrom((int)(next % PageBits));
            next = next - (next % PageBits) + bit;
            if (bit < PageBits) return next;
        }

        return next;
    }

    /// <summary>The last sequence up to <paramref name="from"/> that is not in the set; 0 when all are.</summary>
    public long LastAbsent(long from)
    {
        var last = from;
        while (last > Low && _pages.TryGetValue(last / PageBits, out var page))
        {
            var bit = page.LastClearThrough((int)(last % PageBits));
            last = last - (last % PageBits) + bit;
            if (bit >= 0) break;
        }

        return last >= Low ? last : from >= Low ? Low : 0;
    }

    /// <summary>The first sequence that is not in the set and has so many before it that are not, from <paramref name="from"/> on.</summary>
    public long AfterAbsent(long from, long count)
    {
        var next = NextAbsent(from);
        while (count > 0)
        {
            if (CountAboveLow == 0) return next + count;
            var left = PageBits - (next % PageBits);
            var absent = left;
            if (_pages.TryGetValue(next / PageBits, out var page)) absent -= page.CountBelow(PageBits) - page.CountBelow((int)(next % PageBits));
            if (absent <= count)
            {
                count -= absent;
                next = NextAbsent(next + left);
                continue;
            }

            for (; count > 0; count--) next = NextAbsent(next + 1);
        }

        return next;
    }

    /// <summary>Sequences from <paramref name="from"/>, which is <see cref="Low"/> or later, and before <paramref name="to"/> that are not in the set.</summary>
    public long CountAbsent(long from, long to)
    {
        var count = to - from;
        foreach (var (number, page) in _pages)
        {
            var first = number * PageBits;
            count -= page.CountBelow((int)Math.Clamp(to - first, 0, PageBits)) - page.CountBelow((int)Math.Clamp(from - first, 0, PageBits));
        }

        return count;
    }

    /// <returns>False when it was in the set before.</returns>
    public bool Add(long sequence)
    {
        if (Contains(sequence)) return false;
        if (sequence == Low)
        {
            Low++;
            Advance();
            return true;
        }

        if (!_pages.TryGetValue(sequence / PageBits, out var page)) _pages.Add(sequence / PageBits, page = new Page());
        page.Set((int)(sequence % PageBits));
        CountAboveLow++;
        return true;
    }

    /// <summary>Takes in everything before <paramref name="low"/>.</summary>
    public void RaiseLow(long low)
    {
        if (low <= Low) return;
        foreach (var (number, page) in _pages)
        {
            var first = number * PageBits;
            if (first >= low) continue;
            CountAboveLow -= page.CountBelow((int)Math.Min(PageBits, low - first)) - page.CountBelow((int)Math.Clamp(Low - first, 0, PageBits));
            if (first + PageBits <= low) _pages.Remove(number);
        }

        Low = low;
        Advance();
    }

    /// <summary>Written form: <see cref="Low"/>, then each run of members beyond it as its distance from the one before and its length.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        WriteNumber(target, Low);
        var before = Low;
        foreach (var (first, length) in Runs())
        {
            WriteNumber(target, first - before);
            WriteNumber(target, length);
            before = first + length;
        }

        WriteNumber(target, 0);
    }

    public static SequenceSet Read(ReadOnlySpan<byte> source, ref int at)
    {
        var set = new SequenceSet();
        set.RaiseLow((long)Varint.Read(source, ref at));
        var before = set.Low;
        while ((long)Varint.Read(source, ref at) is > 0 and var distance)
        {
            var first = before + distance;
            var length = (long)Varint.Read(source, ref at);
            for (var i = 0L; i < length; i++) set.Add(first + i);
            before = first + length;
        }

        return set;
    }

    private IEnumerable<(long First, long Length)> Runs()
    {
        long first = 0, length = 0;
        foreach (var number in _pages.Keys.Order())
        {
            var page = _pages[number];
            for (var bit = 0; bit < PageBits; bit++)
            {
                var sequence = (number * PageBits) + bit;
                if (sequence < Low || !page.Has(bit)) continue;
                if (length > 0 && first + length == sequence)
                {
                    length++;
                    continue;
                }

                if (length > 0) yield return (first, length);
                (first, length) = (sequence, 1);
            }
        }

        if (length > 0) yield return (first, length);
    }

    /// <summary>Moves <see cref="Low"/> over the members that follow it.</summary>
    private void Advance()
    {
        while (_pages.TryGetValue(Low / PageBits, out var page))
        {
            var bit = (int)(Low % PageBits);
            var end = page.FirstClearFrom(bit);
            CountAboveLow -= end - bit;
            Low += end - bit;
            if (end < PageBits) return;
            _pages.Remove((Low - 1) / PageBits);
        }
    }

    private static void WriteNumber(IBufferWriter<byte> target, long value) =>
        target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), (ulong)value));

    /// <summary>Bits of one page; a full one needs none.</summary>
    private sealed class Page
    {
        private ulong[]? _words = new ulong[PageWords];
        private int _count;

        public bool Has(int bit) => _words is null || (_words[bit >> 6] >> (bit & 63) & 1) != 0;

        public void Set(int bit)
        {
            _words![bit >> 6] |= 1UL << (bit & 63);
            if (++_count == PageBits) _words = null;
        }

        public int CountBelow(int bit)
        {
            if (_words is null) return bit;
            var count = 0;
            for (var word = 0; word < bit >> 6; word++) count += BitOperations.PopCount(_words[word]);
            return (bit & 63) == 0 ? count : count + BitOperations.PopCount(_words[bit >> 6] & ((1UL << (bit & 63)) - 1));
        }

        public int FirstClearFrom(int bit)
        {
            if (_words is null) return PageBits;
            while (bit < PageBits)
            {
                var left = ~_words[bit >> 6] >> (bit & 63);
                if (left != 0) return bit + BitOperations.TrailingZeroCount(left);
                bit = (bit | 63) + 1;
            }

            return PageBits;
        }

        /// <returns>-1 when there is none.</returns>
        public int LastClearThrough(int bit)
        {
            if (_words is null) return -1;
            while (bit >= 0)
            {
                var left = ~_words[bit >> 6] << (63 - (bit & 63));
                if (left != 0) return bit - BitOperations.LeadingZeroCount(left);
                bit = (bit & ~63) - 1;
            }

            return -1;
        }
    }
}
