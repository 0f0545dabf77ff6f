using System.Buffers;
using Mesh.Frames;
using Mesh.Topics;

namespace Mesh.Engine.Partitions;

/// <summary>The last sequences of every topic of a partition, at most <see cref="IPartition.HistoryDepthMax"/> each. Not thread-safe.</summary>
internal sealed class TopicIndex
{
    private readonly Dictionary<byte[], Recent> _topics = new(BytesComparer.Instance);

    /// <summary>The newest record taken in.</summary>
    public Sequence Through { get; private set; }

    public void Add(ReadOnlySpan<byte> topic, Sequence sequence)
    {
        var topics = _topics.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!topics.TryGetValue(topic, out var recent))
        {
            recent = new Recent();
            topics[topic] = recent;
        }

        recent.Add(sequence.Value);
        Through = sequence;
    }

    /// <summary>The last <paramref name="depth"/> sequences of each topic that matches, from <paramref name="low"/> on, in order.</summary>
    public List<Sequence> Last(TopicMatcher matcher, int depth, Sequence low)
    {
        var found = new List<Sequence>();
        foreach (var (topic, recent) in _topics)
        {
            if (!matcher.Matches(topic)) continue;
            for (var i = Math.Max(0, recent.Count - depth); i < recent.Count; i++)
                if (recent[i] >= low.Value) found.Add(new Sequence(recent[i]));
        }

        found.Sort();
        return found;
    }

    /// <summary>Forgets topics that have no record from <paramref name="low"/> on.</summary>
    public void Trim(Sequence low)
    {
        foreach (var (topic, recent) in _topics)
            if (recent[recent.Count - 1] < low.Value) _topics.Remove(topic);
    }

    /// <summary>Written form: the newest record taken in; then for each topic its name, how many sequences, and their distances.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        WriteNumber(target, (ulong)Through.Value);
        foreach (var (topic, recent) in _topics)
        {
            WriteNumber(target, (ulong)topic.Length);
            target.Write(topic);
            WriteNumber(target, (ulong)recent.Count);
            long before = 0;
            for (var i = 0; i < recent.Count; i++)
            {
                WriteNumber(target, (ulong)(recent[i] - before));
                before = recent[i];
            }
        }
    }

    public static TopicIndex Read(ReadOnlySpan<byte> source)
    {
        var index = new TopicIndex();
        var at = 0;
        var through = new Sequence((long)Varint.Read(source, ref at));
        while (at < source.Length)
        {
            var recent = new Recent();
            index._topics[Varint.ReadBlock(source, ref at).ToArray()] = recent;
            var count = Varint.Read(source, ref at);
            long sequence = 0;
            for (ulong i = 0; i < count; i++)
            {
                sequence += (long)Varint.Read(source, ref at);
                recent.Add(sequence);
            }
        }

        index.Through = through;
        return index;
    }

    private static void WriteNumber(IBufferWriter<byte> target, ulong value) =>
        target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), value));

    /// <summary>A ring buffer that grows up to the depth of history.</summary>
    private sealed class Recent
    {
        private long[] _sequences = new long[4];
        private int _start;

        public int Count { get; private set; }

        public long this[int index] => _sequences[(_start + index) % _sequences.Length];

        public void Add(long sequence)
        {
            if (Count == IPartition.HistoryDepthMax)
            {
                _sequences[_start] = sequence;
                _start = (_start + 1) % _sequences.Length;
                return;
            }

            if (Count == _sequences.Length) Array.Resize(ref _sequences, Math.Min(Count * 2, IPartition.HistoryDepthMax));
            _sequences[Count++] = sequence;
        }
    }
}
