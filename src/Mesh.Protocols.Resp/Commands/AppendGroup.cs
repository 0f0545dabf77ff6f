using Mesh.Frames;
using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>
/// The XADDs of one connection that are not answered yet. Neighbours with the same key and options go to the mesh as one segment; groups wait for their
/// commits together, and are answered in order. Not thread-safe.
/// </summary>
internal sealed class AppendGroup(RespSession session) : PipelineGroup, IDisposable
{
    /// <summary>Bytes of one segment beyond which an XADD begins another, so that a large entry is refused, or waits, alone.</summary>
    private const int SegmentBytesFull = 256 * 1024;

    /// <summary>XADDs that wait at most; then they are answered before more is read.</summary>
    private const int WaitingMax = 4096;

    /// <summary>Bytes that wait at most, save one entry more.</summary>
    private const int WaitingBytesMax = 8 * 1024 * 1024;

    private SegmentWriter _segment = new();
    private readonly Queue<Waiting> _waiting = new();
    private IRing? _ring;
    private AppendOptions _options;
    private int _waitingCount;
    private long _waitingBytes;

    public override bool IsEmpty => _segment.Count == 0 && _waiting.Count == 0;

    public override bool IsFull => _waitingCount + _segment.Count >= WaitingMax || _waitingBytes + _segment.Length >= WaitingBytesMax;

    /// <summary>Adds an entry that gets its id from the ring.</summary>
    public void Add(IRing ring, in AppendOptions options, ReadOnlySpan<byte> header, ReadOnlySpan<byte> fields)
    {
        var isOther = ring != _ring || options != _options;
        if (_segment.Count > 0 && (isOther || _segment.Length + fields.Length > SegmentBytesFull)) Issue();
        (_ring, _options) = (ring, options);
        ReadOnlySpan<byte> key = ring is AddressedLog addressed ? addressed.RecordKey : default;
        _segment.Begin(new RecordFields { ContentType = ContentType.RespFields, Key = key }, header.Length + fields.Length);
        _segment.Write(header);
        _segment.Write(fields);
        _segment.End();
    }

    public override ValueTask FinishAsync()
    {
        if (IsEmpty) return default;
        Issue();
        return AnswerAsync();
    }

    public void Dispose() => _segment.Dispose();

    private async ValueTask AnswerAsync()
    {
        (_waitingCount, _waitingBytes) = (0, 0);
        while (_waiting.TryDequeue(out var waiting))
        {
            string? error = null;
            AppendResult? result = null;
            try
            {
                result = await waiting.Append;
                error = ErrorMap.Of(result);
            }
            catch (Exception reason) when (ErrorMap.Of(reason) is not null)
            {
                error = ErrorMap.Of(reason);
            }

            for (var i = 0; i < waiting.Count; i++) Write(result, error, i);
        }
    }

    private void Write(AppendResult? result, string? error, int index)
    {
        if (error is not null) session.Reply.Error(error);
        else if (result is AppendResult.Appended appended) session.Reply.Id(IdOf(appended, index));
        else session.WriteNull();
    }

    private static RingId IdOf(AppendResult.Appended appended, int index) =>
        appended.FirstId == RingId.None ? AddressedLog.IdOf(appended.First.Plus(index)) : appended.FirstId.Plus(index);

    private void Issue()
    {
        if (_segment.Count == 0) return;
        _waiting.Enqueue(new Waiting(_ring!.AppendAsync(_segment.Finish(), _options), _segment.Count));
        _waitingCount += _segment.Count;
        _waitingBytes += _segment.Length;
        if (_segment.Length <= 2 * SegmentBytesFull)
        {
            _segment.Reset();
            return;
        }

        // A buffer grown for one large entry is not kept for a whole connection's life.
        _segment.Dispose();
        _segment = new SegmentWriter();
    }

    private readonly record struct Waiting(ValueTask<AppendResult> Append, int Count);
}
