using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Mesh.Frames;

namespace Mesh.Protocols.Rotera;

/// <summary>Serves the requests of one connection, strictly one after another (rotera specification, section 2).</summary>
internal sealed class RoteraConnection(IDuplexPipe wire, IMesh mesh, RoteraStages stages, RoteraOptions options, CancellationToken closed, CancellationToken stopping)
{
    /// <summary>How long a wait for a stream's next message lasts before the ring is looked at again, which may have been deleted.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);

    /// <summary>Half of what a segment takes leaves room for the frames of the smallest messages.</summary>
    private const int BatchBytesMax = FrameFormat.SegmentBytesMax / 2;

    private readonly byte[] _batchId = Guid.NewGuid().ToByteArray();
    private long _batches;

    private ulong Mark => stopping.IsCancellationRequested ? RoteraWords.ShuttingDown : RoteraWords.Alive;

    /// <exception cref="RoteraViolation">The connection is to be closed for it.</exception>
    public async Task RunAsync()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(closed);
        await using var farewell = stopping.UnsafeRegister(_ => end.CancelAfter(options.Farewell), null);
        try
        {
            while (await ReadAsync(RoteraRequest.Bytes, end.Token).ConfigureAwait(false) is { } read)
            {
                var header = read.Buffer.Slice(0, RoteraRequest.Bytes);
                var request = RoteraRequest.Read(header);
                wire.Input.AdvanceTo(header.End);
                if (!await ServeAsync(request, end.Token).ConfigureAwait(false)) return;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has gone, or the server does.
        }
    }

    /// <returns>False when the connection has ended.</returns>
    private async ValueTask<bool> ServeAsync(RoteraRequest request, CancellationToken cancel)
    {
        switch (request.Operation)
        {
            case RoteraWords.Push:
                return await PushAsync(request, cancel).ConfigureAwait(false);
            case RoteraWords.Commit:
                await stages.CommitAsync(request.Queue, cancel).ConfigureAwait(false);
                await AnswerNextAsync(request.Queue, cancel).ConfigureAwait(false);
                return true;
            case RoteraWords.Ping:
                await AnswerNextAsync(request.Queue, cancel).ConfigureAwait(false);
                return true;
            case RoteraWords.Read:
                var frame = await RoteraFrame.ReadAsync(await FindAsync(request.Queue, cancel).ConfigureAwait(false), request.First, FrameCount(request), options.FrameBytesMax, cancel).ConfigureAwait(false);
                await frame.WriteAsync(wire.Output, Mark, cancel).ConfigureAwait(false);
                return true;
            case RoteraWords.Stream:
                return await StreamAsync(request, cancel).ConfigureAwait(false);
            default:
                throw new RoteraViolation($"there is no operation {request.Operation:x16}");
        }
    }

    private async ValueTask<bool> PushAsync(RoteraRequest request, CancellationToken cancel)
    {
        if (request.Count > options.BatchMessagesMax) throw new RoteraViolation($"a push has at most {options.BatchMessagesMax} messages; this one has {request.Count}");
        if (request.Count == 0)
        {
            await FindAsync(request.Queue, cancel).ConfigureAwait(false);
            return true;
        }

        var count = (int)request.Count;
        if (await ReadAsync(count * sizeof(uint), cancel).ConfigureAwait(false) is not { } read) return false;
        var lengths = ReadLengths(read.Buffer, count, out var bytes);
        wire.Input.AdvanceTo(read.Buffer.GetPosition(count * sizeof(uint)));
        ReadOnlySequence<byte> messages = default;
        if (bytes > 0)
        {
            if (await ReadAsync(bytes, cancel).ConfigureAwait(false) is not { } rest) return false;
            messages = rest.Buffer.Slice(0, bytes);
        }

        var batch = Encode(lengths, messages);
        if (bytes > 0) wire.Input.AdvanceTo(messages.End);
        await stages.PushAsync(request.Queue, batch, cancel).ConfigureAwait(false);
        return true;
    }

    private int[] ReadLengths(in ReadOnlySequence<byte> bytes, int count, out int total)
    {
        var lengths = new int[count];
        var reader = new SequenceReader<byte>(bytes);
        long sum = 0;
        for (var i = 0; i < count; i++)
        {
            reader.TryReadLittleEndian(out int length);
            if ((uint)length > (uint)options.MessageBytesMax) throw new RoteraViolation($"a message has at most {options.MessageBytesMax} bytes; one of {(uint)length} was announced");
            lengths[i] = length;
            sum += length;
        }

        total = sum <= BatchBytesMax ? (int)sum : throw new RoteraViolation($"a push has at most {BatchBytesMax} bytes; one of {sum} was announced");
        return lengths;
    }

    private StagedBatch Encode(int[] lengths, in ReadOnlySequence<byte> messages)
    {
        using var writer = new SegmentWriter((int)messages.Length + lengths.Length * 16);
        var at = 0;
        foreach (var length in lengths)
        {
            writer.Add(default, messages.Slice(at, length));
            at += length;
        }

        var id = new byte[_batchId.Length + sizeof(long)];
        _batchId.CopyTo(id, 0);
        BinaryPrimitives.WriteInt64LittleEndian(id.AsSpan(_batchId.Length), _batches++);
        return new StagedBatch(writer.Finish().ToArray(), lengths.Length, id);
    }

    /// <summary>Answers the id that the next committed message gets.</summary>
    private async ValueTask AnswerNextAsync(uint queue, CancellationToken cancel)
    {
        var state = await (await FindAsync(queue, cancel).ConfigureAwait(false)).StateAsync(cancel).ConfigureAwait(false);
        WriteNext(state.HighWatermark.Value);
        await wire.Output.FlushAsync(cancel).ConfigureAwait(false);
    }

    private void WriteNext(long next)
    {
        const int Bytes = 16;
        var answer = wire.Output.GetSpan(Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(answer, Mark);
        BinaryPrimitives.WriteInt64LittleEndian(answer[8..], next);
        wire.Output.Advance(Bytes);
    }

    /// <summary>
    /// Sends frames until so many messages are sent, and waits for commits in between. Unlike the original it goes on behind what it has sent, so that nothing is sent
    /// twice when the beginning is gone, and tells who waits that the server stops, by an empty frame.
    /// </summary>
    private async ValueTask<bool> StreamAsync(RoteraRequest request, CancellationToken cancel)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        var next = request.First;
        if (request.Total <= 0) await FindAsync(request.Queue, cancel).ConfigureAwait(false);
        for (var left = request.Total; left > 0;)
        {
            var ring = await FindAsync(request.Queue, cancel).ConfigureAwait(false);
            var frame = await RoteraFrame.ReadAsync(ring, next, (int)Math.Min(Math.Max(1, FrameCount(request)), left), options.FrameBytesMax, cancel).ConfigureAwait(false);
            if (frame.Count > 0)
            {
                await frame.WriteAsync(wire.Output, Mark, cancel).ConfigureAwait(false);
                next = frame.First + frame.Count;
                left -= frame.Count;
                continue;
            }

            try
            {
                if (frame.First < long.MaxValue) await ring.WaitAsync(new Sequence(frame.First + 1), WaitMax, wait.Token).ConfigureAwait(false);
                else await Task.Delay(Timeout.Infinite, wait.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                await RoteraFrame.Nothing(frame.First).WriteAsync(wire.Output, Mark, cancel).ConfigureAwait(false);
                return false;
            }
        }

        return true;
    }

    private int FrameCount(in RoteraRequest request) => (int)Math.Min(request.Count, (uint)options.FrameMessagesMax);

    private async ValueTask<IRing> FindAsync(uint queue, CancellationToken cancel)
    {
        var ring = mesh.Ring(RoteraStages.NameOf(queue));
        return (await ring.StateAsync(cancel).ConfigureAwait(false)).Number is null
            ? throw new RoteraViolation($"there is no ring {queue}")
            : ring;
    }

    /// <returns>Null when the client has closed before so many bytes came.</returns>
    private async ValueTask<ReadResult?> ReadAsync(int bytes, CancellationToken cancel)
    {
        var read = await wire.Input.ReadAtLeastAsync(bytes, cancel).ConfigureAwait(false);
        return read.Buffer.Length < bytes ? null : read;
    }
}
