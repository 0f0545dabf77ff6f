using System.Buffers;
using System.Net.Sockets;
using Mesh.Addresses;
using Mesh.Protocols.Resp.Commands;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Protocols.Resp.Parsing;
using Mesh.Protocols.Resp.Sockets;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>
/// Reads commands from one socket and runs them. All that came in one read is run in one turn and answered by one write; appends of a pipeline do not wait
/// for one another.
/// </summary>
internal sealed class RespConnection : IDisposable
{
    private const int ReadBytesMin = 4 * 1024;
    private const int ReadBytesKept = 64 * 1024;
    private const int ReadAheadBytesMax = 1024 * 1024;
    private const int UnsentBytesMax = 1024 * 1024;

    private readonly Wire _wire;
    private readonly Outbound _outbound;
    private readonly RespFrame _frame;
    private readonly CommandTable _commands;
    private byte[] _input = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _start;
    private int _end;
    private int _owedBefore;

    public RespConnection(Wire wire, IMesh mesh, AddressResolver addresses, RespOptions options, CommandTable commands, RespClients clients, RespNode node, TimeProvider clock)
    {
        _wire = wire;
        _commands = commands;
        _frame = new RespFrame(options);
        _outbound = new Outbound(wire, clients.OutputLimits, clock);
        Session = new RespSession(mesh, addresses, options, clock, _outbound, clients, node, wire.Peer, wire.Local) { WatchAsync = WatchAsync };
    }

    public RespSession Session { get; }

    /// <summary>
    /// Runs until the client leaves, quits or breaks the protocol, or <paramref name="stop"/> asks to end after what has come. An exception is a fault of ours.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Session.Stopping = stop;
        Session.Clients.Add(Session);
        try
        {
            while (!Session.IsQuitting && Take(await _wire.ReceiveAsync(Room(), stop)))
            {
                Session.IsBusy = true;
                await RunCommandsAsync();
                Session.OnIdle();
                await _outbound.WhenBelowAsync(UnsentBytesMax);
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client left, was cut off, or the host stops; there is nobody to tell.
        }
        catch (Exception)
        {
            Session.Reply.Error("ERR The server failed at this command; its log says why.");
            Send();
            throw;
        }
        finally
        {
            Session.Clients.Remove(Session);
            await Session.UnsubscribeAllAsync();
            _outbound.Flush();
            await _outbound.WhenSentAsync();
        }
    }

    public void Dispose()
    {
        _outbound.Close();
        Session.Dispose();
        _frame.Dispose();
        ArrayPool<byte>.Shared.Return(_input);
        _input = [];
    }

    private Memory<byte> Room()
    {
        if (_start == _end) _start = _end = 0;
        if (_input.Length - _end < ReadBytesMin) MakeRoom();
        return _input.AsMemory(_end);
    }

    /// <returns>False when nothing was received: the client has left.</returns>
    private bool Take(int received)
    {
        _end += received;
        return received > 0;
    }

    /// <summary>Reads on while a command blocks, since only reading tells that the client has left.</summary>
    private async Task WatchAsync(CancellationTokenSource command, CancellationToken stop)
    {
        try
        {
            while (_end - _start < ReadAheadBytesMax)
            {
                if (Take(await _wire.ReceiveAsync(Room(), stop))) continue;
                await command.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The command has ended first.
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            await command.CancelAsync();
        }
    }

    private void MakeRoom()
    {
        var held = _end - _start;
        var room = held + ReadBytesMin > _input.Length ? ArrayPool<byte>.Shared.Rent(_input.Length * 2) : _input;
        _input.AsSpan(_start, held).CopyTo(room);
        if (room != _input) ArrayPool<byte>.Shared.Return(_input);
        (_input, _start, _end) = (room, 0, held);
    }

    private async ValueTask RunCommandsAsync()
    {
        while (true)
        {
            var waiting = RunUntilOneWaits(out var isDone);
            if (!waiting.IsCompletedSuccessfully)
            {
                // What is answered already need not wait with it.
                if (Session.Reply.Length > 0) Send();
                await WaitAsync(waiting);
                _owedBefore = int.MaxValue; // that was another turn
            }

            if (!isDone)
            {
                if (Session.Reply.Length > UnsentBytesMax) await SendAndWaitAsync();
                continue;
            }

            Send();
            if (_start == _end && _input.Length > ReadBytesKept) Shrink();
            return;
        }
    }

    /// <summary>Few bytes can ask for many: their answers leave before more are made.</summary>
    private Task SendAndWaitAsync()
    {
        Session.CommitReplies();
        _outbound.Flush();
        return _outbound.WhenBelowAsync(UnsentBytesMax);
    }

    private void Shrink()
    {
        ArrayPool<byte>.Shared.Return(_input);
        _input = ArrayPool<byte>.Shared.Rent(16 * 1024);
    }

    /// <summary>Runs commands in one turn of this thread until one has to wait, there is none left, or enough is answered to be sent.</summary>
    private ValueTask RunUntilOneWaits(out bool isDone)
    {
        isDone = false;
        _owedBefore = PushTurn.Owed;
        PushTurn.Begin();
        try
        {
            while (!Session.IsQuitting)
            {
                if (Session.Reply.Length > UnsentBytesMax) return default;
                var unread = new ReadOnlySequence<byte>(_input, _start, _end - _start);
                var isWhole = _frame.TryRead(ref unread);
                _start = _end - (int)unread.Length; // also past empty commands, which are skipped
                if (!isWhole) break;
                var waiting = _commands.Run(Session, _frame.Arguments);
                if (!waiting.IsCompletedSuccessfully) return waiting;
            }

            isDone = true;
            return Session.FinishAsync();
        }
        catch (RespProtocolException broken)
        {
            Session.IsQuitting = isDone = true;
            return CommandTable.FailAsync(Session, "ERR " + broken.Message);
        }
        finally
        {
            PushTurn.End();
        }
    }

    private async ValueTask WaitAsync(ValueTask waiting)
    {
        try
        {
            await waiting;
        }
        catch (Exception reason) when (ErrorMap.Of(reason) is not null)
        {
            Session.Reply.Error(ErrorMap.Of(reason)!);
        }
    }

    /// <summary>
    /// Whoever set off pushes in this turn is answered after them. So what several publishers send next comes while the pushes of the others go out, and not all
    /// of it before the first (bench, "fanout": a thousand rooms, four publishers).
    /// </summary>
    private void Send()
    {
        Session.CommitReplies();
        if (PushTurn.Owed > _owedBefore) PushTurn.Owe(_outbound);
        else _outbound.Flush();
    }
}
