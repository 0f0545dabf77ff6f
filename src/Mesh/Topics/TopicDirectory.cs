using System.Text;
using Mesh.Frames;

namespace Mesh.Topics;

/// <summary>
/// Which partitions topics have been given, as a log of the mesh's own: a partition is listed there, durably, before it takes its first event. So whoever has read the
/// directory up to some sequence knows all partitions that held events then, and whoever follows it from there learns of every other in time: all that a
/// partition listed later holds came after. Lines are never taken back; a repeated one says nothing new. Thread-safe.
/// </summary>
internal sealed class TopicDirectory(IMesh mesh)
{
    /// <summary>Where it is kept.</summary>
    public static readonly StreamName Name = new($"{StreamName.InnerMark}topics", StreamKind.Partition, "homes");

    private readonly IPartition _log = mesh.Partition(Name);
    private readonly SemaphoreSlim _reading = new(1);
    private readonly Lock _change = new();
    private readonly List<TopicLine> _lines = [];
    private readonly HashSet<TopicLine> _known = [];
    private Sequence _next = Sequence.First;

    /// <summary>Whether a line is known to stand there. One that another process wrote may not be known yet.</summary>
    public bool Knows(in TopicLine line)
    {
        lock (_change) return _known.Contains(line);
    }

    /// <summary>How many partitions and topics are listed, as far as is known.</summary>
    public int Count
    {
        get
        {
            lock (_change) return _lines.Count;
        }
    }

    /// <summary>Lists a partition, and answers when the line is durable.</summary>
    public async ValueTask<AppendResult> AddAsync(TopicLine line)
    {
        using var segment = new SegmentWriter();
        var topic = line.Topic is null ? [] : Encoding.UTF8.GetBytes(line.Topic);
        segment.Add(new RecordFields { Key = Encoding.UTF8.GetBytes(line.Partition.Name), ContentType = ContentType.Bytes }, [line.Topic is null ? (byte)0 : (byte)1, .. topic]);
        var result = await _log.AppendAsync(segment.Finish()).ConfigureAwait(false);
        if (result is AppendResult.Appended) await RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    /// <summary>Reads what was added since the last time.</summary>
    /// <returns>All lines so far, and the sequence from which to follow the log.</returns>
    public async ValueTask<(IReadOnlyList<TopicLine> Lines, Sequence Next)> RefreshAsync(CancellationToken cancel)
    {
        await _reading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var page = await _log.ReadAsync(new ReadQuery { From = _next }, cancel).ConfigureAwait(false);
                lock (_change)
                {
                    foreach (var line in Read(page))
                        if (_known.Add(line)) _lines.Add(line);
                    if (page.Next > _next) _next = page.Next;
                    if (page.Count == 0 || _next > page.HighWatermark) return ([.. _lines], _next);
                }
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The lines that are added from a sequence on, as they come.</summary>
    public async IAsyncEnumerable<TopicLine> FollowAsync(Sequence from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var page in _log.TailAsync(from, cancel).ConfigureAwait(false))
            foreach (var line in Read(page)) yield return line;
    }

    private static List<TopicLine> Read(RecordPage page)
    {
        var lines = new List<TopicLine>(page.Count);
        foreach (var record in page)
        {
            var topic = record.Body[0] == 0 ? null : Encoding.UTF8.GetString(record.Body[1..]);
            lines.Add(new TopicLine(StreamName.Partition(Encoding.UTF8.GetString(record.Key)), topic));
        }

        return lines;
    }
}

/// <summary>One line of the directory.</summary>
/// <param name="Partition">A partition.</param>
/// <param name="Topic">A topic whose home it is; null when it may take any.</param>
internal readonly record struct TopicLine(StreamName Partition, string? Topic);
