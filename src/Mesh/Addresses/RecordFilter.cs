using System.Text;
using Mesh.Frames;

namespace Mesh.Addresses;

/// <summary>Which records of a stream a reader wants, in every door alike: all conditions hold. Made once, asked for each record without allocating. Thread-safe.</summary>
public sealed class RecordFilter
{
    /// <summary>Tags asked for at once, at the most.</summary>
    public const int TagsMax = 32;

    /// <summary>Bytes of the key's pattern, at the most: a match costs pattern length times key length.</summary>
    public const int PatternBytesMax = 1024;

    /// <summary>Every record.</summary>
    public static readonly RecordFilter All = new(null, null, []);

    private readonly byte[]? _key;
    private readonly byte[]? _pattern;
    private readonly byte[]? _exceptProducer;
    private readonly (byte[] Name, byte[] Value)[] _tags;

    /// <param name="key">Exactly this key; null for any.</param>
    /// <param name="keyPattern">A glob as <see cref="GlobPattern"/> matches it; an empty one matches records without a key. Null matches all.</param>
    /// <param name="tags">Names and values, equal byte for byte, of tags that a record must have. Of several tags of one name in a record the first counts.</param>
    /// <param name="exceptProducer">No records of this producer; null leaves out none.</param>
    /// <exception cref="ArgumentException">A bound is broken; the message is a sentence for whoever asked.</exception>
    public RecordFilter(string? key, string? keyPattern, IReadOnlyList<KeyValuePair<string, string>> tags, string? exceptProducer = null)
    {
        if (tags.Count > TagsMax) throw new ArgumentException($"A filter names at most {TagsMax} tags; this one names {tags.Count}.");
        _key = key is null ? null : Encoding.UTF8.GetBytes(key);
        _exceptProducer = exceptProducer is null ? null : Encoding.UTF8.GetBytes(exceptProducer);
        _pattern = keyPattern is null ? null : Encoding.UTF8.GetBytes(keyPattern);
        if (_pattern?.Length > PatternBytesMax) throw new ArgumentException($"A pattern of keys has at most {PatternBytesMax} bytes; this one has {_pattern.Length}.");
        _tags = [.. tags.Select(tag => (Encoding.UTF8.GetBytes(tag.Key), Encoding.UTF8.GetBytes(tag.Value)))];
    }

    /// <summary>True when every record matches.</summary>
    public bool IsAll => _key is null && _pattern is null && _exceptProducer is null && _tags.Length == 0;

    public bool Matches(in RecordView record)
    {
        if (_key is not null && !record.Key.SequenceEqual(_key)) return false;
        if (_exceptProducer is not null && record.Producer.SequenceEqual(_exceptProducer)) return false;
        if (_pattern is not null && !GlobPattern.Matches(_pattern, record.Key)) return false;
        foreach (var (name, value) in _tags)
            if (!TagsReader.TryFind(record.Tags, name, out var found) || !found.SequenceEqual(value)) return false;
        return true;
    }

    /// <summary>The records of a page that match, in its order; where it goes on stays as it is. Copies nothing.</summary>
    /// <param name="page">What was read.</param>
    /// <param name="recordsMax">No more than so many; when more match, the page goes on at the first left out.</param>
    public RecordPage Of(RecordPage page, int recordsMax)
    {
        if (IsAll && page.Count <= recordsMax) return page;
        var kept = new List<BatchSlice>();
        var count = 0;
        foreach (var slice in page.Slices)
        {
            var run = slice with { Count = 0 };
            var records = slice.GetEnumerator();
            while (records.MoveNext())
            {
                if (!Matches(records.Current))
                {
                    Keep(kept, ref run);
                    continue;
                }

                if (count == recordsMax)
                {
                    Keep(kept, ref run);
                    return new RecordPage(kept, records.Current.Sequence, page.LowWatermark, page.HighWatermark);
                }

                count++;
                run = run.Count == 0 ? new BatchSlice(slice.Batch, records.Offset, records.Index, 1) : run with { Count = run.Count + 1 };
            }

            Keep(kept, ref run);
        }

        return new RecordPage(kept, page.Next, page.LowWatermark, page.HighWatermark);
    }

    private static void Keep(List<BatchSlice> kept, ref BatchSlice run)
    {
        if (run.Count > 0) kept.Add(run);
        run = run with { Count = 0 };
    }
}
