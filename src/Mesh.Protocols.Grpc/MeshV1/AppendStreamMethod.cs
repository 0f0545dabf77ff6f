using Mesh.Frames;
using Mesh.Protocols.Grpc.Appends;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>
/// <c>AppendStream</c>: what comes while a commit is under way travels together in the next, and each commit is told as soon as it is durable. A client that does not
/// take what it is told is not read any further. One for each call.
/// </summary>
internal sealed class AppendStreamMethod(Names names, GrpcOptions options, TimeProvider clock) : IMessageSink
{
    private SegmentAppender? _records;
    private AppendHead? _head;
    private RecordReader? _reader;
    private PatientAppend? _append;
    private GrpcCall? _call;
    private long _next;
    private bool _isStarted;

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        _call = call;
        using var records = new SegmentAppender(Add, AppendAsync, options, failed: call.WakeReader);
        _records = records;
        try
        {
            while (await records.TakeAsync(call, this).ConfigureAwait(false) != ReadOutcome.End)
            {
            }
        }
        finally
        {
            await records.DrainAsync().ConfigureAwait(false);
        }

        return GrpcStatus.Ok;
    }

    /// <summary>The first message says where the records go.</summary>
    public bool TryTake(ReadOnlySpan<byte> message)
    {
        if (_head is null) Begin(message);
        return _records!.TryTake(message);
    }

    private void Begin(ReadOnlySpan<byte> message)
    {
        var head = AppendHead.ParseStream(message);
        var target = names.FindTarget(head.Project, head.Address);
        _reader = new RecordReader(target);
        _append = new PatientAppend(target.Append, options.BusyWaitMax, clock, _call!.Deadline);
        _next = head.FirstNumber;
        _head = head;
    }

    private void Add(ReadOnlySpan<byte> message, SegmentWriter segment) => _reader!.AddAll(message, segment);

    /// <summary>Appends a segment, and tells the client. Records that are stored already are told, and the others appended by themselves.</summary>
    private async Task AppendAsync(ReadOnlyMemory<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            var result = await _append!.AppendAsync(segment, Options).ConfigureAwait(false);
            segment = await TellAsync(result, segment).ConfigureAwait(false);
        }
    }

    private AppendOptions Options => new()
    {
        MustExist = _head!.MustExist,
        Producer = _head.ProducerId == 0 ? null : new ProducerMark(_head.ProducerId, _next),
    };

    /// <returns>What is left to append.</returns>
    private async ValueTask<ReadOnlyMemory<byte>> TellAsync(AppendResult result, ReadOnlyMemory<byte> segment)
    {
        var (first, count, time, isRepeat) = result switch
        {
            AppendResult.Appended at => (at.First, at.Count, at.FirstTime == RecordTime.None ? (RecordTime?)null : at.FirstTime, false),
            AppendResult.Duplicate at => (at.First, at.Count, null, true),
            _ => throw new System.Diagnostics.UnreachableException($"{result} is no success."),
        };
        if (!_isStarted) await _call!.StartAsync().ConfigureAwait(false);
        _isStarted = true;
        AppendAck.Write(_call!, _next, first, count, time, isRepeat);
        await _call!.FlushAsync().ConfigureAwait(false);
        _next += count;
        return !isRepeat || count == Segment.CountOf(segment.Span) ? default : Segment.Skip(segment.Span, count);
    }
}
