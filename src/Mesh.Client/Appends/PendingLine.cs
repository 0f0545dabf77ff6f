namespace Mesh.Client.Appends;

/// <summary>The records of one producer that are not acknowledged yet, in their order: first those that were sent in the current call, then the others. Thread-safe.</summary>
/// <param name="windowRecords">Sent at once, at the most.</param>
/// <param name="bytesMax">Bytes in line, at the most, unless it is a single record.</param>
internal sealed class PendingLine(int windowRecords, long bytesMax)
{
    private readonly Lock _turn = new();
    private PendingAppend? _first;
    private PendingAppend? _last;
    private PendingAppend? _unsent;
    private int _sent;
    private long _bytes;
    private long _number;
    private TaskCompletionSource? _roomWanted;

    /// <summary>Up to this number one record is sent at a time, to find the one that was refused.</summary>
    private long _cautiousThrough;

    public bool IsEmpty
    {
        get
        {
            lock (_turn) return _first is null;
        }
    }

    /// <summary>Puts a record in line and numbers it.</summary>
    /// <returns>What to wait for before trying again; null when it is in line.</returns>
    public Task? TryAdd(PendingAppend record)
    {
        lock (_turn)
        {
            if (_first is not null && _bytes + record.Frame.Length > bytesMax)
            {
                _roomWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _roomWanted.Task;
            }

            record.Number = ++_number;
            _bytes += record.Frame.Length;
            if (_last is null) _first = record;
            else _last.Next = record;
            _last = record;
            _unsent ??= record;
            return null;
        }
    }

    /// <summary>A call begins: nothing was sent in it.</summary>
    /// <returns>The number of the first record in line.</returns>
    public long Rewind()
    {
        lock (_turn)
        {
            _unsent = _first;
            _sent = 0;
            return _first?.Number ?? _number + 1;
        }
    }

    /// <summary>Takes records to send, as many as the window and the buffer have room for; they stay in line.</summary>
    /// <param name="target">Where their frames are copied to.</param>
    /// <param name="large">A frame that is larger than the buffer: then it is the only one. Null when there is none.</param>
    /// <returns>Bytes copied.</returns>
    public int Take(Span<byte> target, out byte[]? large)
    {
        large = null;
        var bytes = 0;
        lock (_turn)
        {
            var window = _first?.Number <= _cautiousThrough ? 1 : windowRecords;
            while (_unsent is { } next && _sent < window)
            {
                if (next.Frame.Length > target.Length - bytes)
                {
                    if (bytes > 0) break;
                    large = next.Frame;
                }
                else
                {
                    next.Frame.CopyTo(target[bytes..]);
                    bytes += next.Frame.Length;
                }

                _unsent = next.Next;
                _sent++;
                if (large is not null) break;
            }
        }

        return bytes;
    }

    /// <summary>The server has stored records: answers them.</summary>
    /// <param name="ack">What it said.</param>
    /// <exception cref="MeshException">These are not the oldest of the records that were sent.</exception>
    public void Acknowledge(V1.AppendStreamResponse ack)
    {
        var time = ack.FirstTime?.ToDateTimeOffset();
        var record = RemoveFirst(ack.FirstNumber, ack.Count);
        for (var i = 0; i < ack.Count; i++, record = record.Next!)
            record.TrySetResult(new AppendedRecord(new Sequence(ack.FirstSequence == 0 ? 0 : ack.FirstSequence + i), time?.AddMicroseconds(i), ack.Duplicate));
    }

    /// <summary>The server refused one of the records that were sent. If there is only one, it is given up; else all of them are sent again one by one.</summary>
    public void Refuse(Exception reason)
    {
        lock (_turn)
        {
            if (_sent > 1)
            {
                _cautiousThrough = _first!.Number + _sent - 1;
                return;
            }

            _cautiousThrough = 0;
        }

        RemoveFirst()?.TrySetException(reason);
    }

    /// <summary>Gives up all records.</summary>
    public void FailAll(Exception reason)
    {
        while (RemoveFirst() is { } record) record.TrySetException(reason);
    }

    /// <summary>Removes the first records, of which there is one at least.</summary>
    /// <returns>The first of them; the others are linked to it.</returns>
    private PendingAppend RemoveFirst(long number, int count)
    {
        lock (_turn)
        {
            if (_first is not { } first || first.Number != number || _sent < count)
                throw new MeshException(MeshStatus.Internal, $"The server acknowledged {count} records from {number} on, which are not the next ones.");
            for (var i = 0; i < count; i++) Unlink();
            GiveRoom();
            return first;
        }
    }

    private PendingAppend? RemoveFirst()
    {
        lock (_turn)
        {
            if (_first is not { } first) return null;
            Unlink();
            GiveRoom();
            return first;
        }
    }

    /// <summary>Takes the first record out of line. It keeps its link to the next.</summary>
    private void Unlink()
    {
        var first = _first!;
        _first = first.Next;
        if (_first is null) _last = null;
        if (_unsent == first) _unsent = _first;
        _sent = Math.Max(0, _sent - 1);
        _bytes -= first.Frame.Length;
    }

    private void GiveRoom()
    {
        _roomWanted?.TrySetResult();
        _roomWanted = null;
    }
}
