using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.Protobus;
using Mesh.Topics;

namespace Mesh.Protocols.Grpc.Files;

/// <summary>
/// Brings the events of a file of protobus-server in, each to its topic's home, with the receive times that they have. The last record of each append carries as its producer
/// how far in the file it was; so an import that was cut off goes on where it was, whenever it is started again, and one of a file that has grown takes what is new.
/// </summary>
public sealed class PbImport
{
    private const int SegmentBytes = 256 * 1024;
    private const int TopicBytesMax = 65_536;

    private readonly IMesh _mesh;
    private readonly PbFile _file;
    private readonly TopicPartitions _topics;
    private readonly TopicHomeCache _homes;
    private readonly string _mark;
    private readonly Dictionary<StreamName, Part> _parts = [];

    public PbImport(PbFile file, IMesh mesh, TopicHomes homes)
    {
        _file = file;
        _mesh = mesh;
        _topics = new TopicPartitions(mesh, homes);
        _homes = new TopicHomeCache(homes);
        var first = file.Events().Select(each => each.Event).FirstOrDefault() ?? [];
        _mark = $"import-pb {file.Name} {Convert.ToHexStringLower(SHA256.HashData(first).AsSpan(0, 8))} ";
    }

    /// <summary>Events that are stored by this run.</summary>
    public long Imported { get; private set; }

    /// <summary>Events that earlier runs had stored.</summary>
    public long Skipped { get; private set; }

    /// <param name="progress">Called with the bytes of the file that were looked at.</param>
    /// <param name="cancel">Ends the import between two appends.</param>
    /// <exception cref="InvalidDataException">The file is damaged; what was before that is stored.</exception>
    public async Task RunAsync(Action<long>? progress = null, CancellationToken cancel = default)
    {
        try
        {
            foreach (var (message, end) in _file.Events())
            {
                cancel.ThrowIfCancellationRequested();
                var part = await PartOfAsync(HomeOf(message, end), cancel).ConfigureAwait(false);
                if (end <= part.Done) Skipped++;
                else part.Hold(message, end);
                if (part.Segment.Length > SegmentBytes) await FlushAsync(part, cancel).ConfigureAwait(false);
                progress?.Invoke(end);
            }
        }
        finally
        {
            foreach (var part in _parts.Values)
            {
                await FlushAsync(part, CancellationToken.None).ConfigureAwait(false);
                part.Segment.Dispose();
            }
        }
    }

    private TopicHome HomeOf(byte[] message, long end)
    {
        try
        {
            return _homes.HomeOf(IncomingEvent.Parse(message, TopicBytesMax).Topic);
        }
        catch (GrpcException wrong)
        {
            throw new InvalidDataException($"{_file.Name}: what ends at {end} is no event: {wrong.Message} What was before it is imported.");
        }
    }

    private async ValueTask<Part> PartOfAsync(TopicHome home, CancellationToken cancel)
    {
        if (_parts.TryGetValue(home.Partition, out var part)) return part;
        return _parts[home.Partition] = new Part(home, await DoneAsync(home.Partition, cancel).ConfigureAwait(false));
    }

    /// <summary>Up to where in the file its events are in this partition.</summary>
    private async ValueTask<long> DoneAsync(StreamName partition, CancellationToken cancel)
    {
        var mark = Encoding.UTF8.GetBytes(_mark);
        var log = _mesh.Partition(partition);
        var query = ReadQuery.Last(1000);
        while (true)
        {
            var page = await log.ReadAsync(query, cancel).ConfigureAwait(false);
            foreach (var record in page)
                if (record.Producer.StartsWith(mark)) return long.Parse(record.Producer[mark.Length..], NumberStyles.None, CultureInfo.InvariantCulture);
            if (page.Count == 0 || page.Next < page.LowWatermark) return 0;
            query = query with { From = page.Next };
        }
    }

    private async ValueTask FlushAsync(Part part, CancellationToken cancel)
    {
        if (part.Seal(_mark) is not { } segment) return;
        while (true)
        {
            var result = await _topics.AppendAsync(part.Home, segment).ConfigureAwait(false);
            if (result is AppendResult.Appended) break;
            if (result is not AppendResult.Busy busy) throw new StorageUnavailableException($"Partition {part.Home.Partition.Name} refused events: {result}.");
            await Task.Delay(busy.RetryAfter, cancel).ConfigureAwait(false);
        }

        Imported += part.Segment.Count;
        part.Segment.Reset();
    }

    /// <summary>What goes to one home. The newest event is held back, because the last of an append carries the mark.</summary>
    private sealed class Part(TopicHome home, long done)
    {
        private byte[]? _held;
        private long _end;

        public TopicHome Home { get; } = home;

        /// <summary>Up to where the file was imported before.</summary>
        public long Done { get; } = done;

        public SegmentWriter Segment { get; } = new();

        public void Hold(byte[] message, long end)
        {
            if (_held is not null) IncomingEvent.Parse(_held, TopicBytesMax).AddImportedTo(Segment, default);
            (_held, _end) = (message, end);
        }

        /// <summary>The segment with what was held back; null when there is nothing.</summary>
        public ReadOnlyMemory<byte>? Seal(string mark)
        {
            if (_held is null) return null;
            IncomingEvent.Parse(_held, TopicBytesMax).AddImportedTo(Segment, Encoding.UTF8.GetBytes(mark + _end.ToString(CultureInfo.InvariantCulture)));
            _held = null;
            return Segment.Finish();
        }
    }
}
