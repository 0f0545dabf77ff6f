using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Commands.Cluster;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>MULTI</c>: what follows waits for EXEC.</summary>
internal sealed class MultiCommand() : ImmediateCommand("multi", 1)
{
    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (session.Transaction is not null) throw new RespErrorException("ERR MULTI calls can not be nested");
        session.Transaction = new Transaction();
        session.Reply.Simple("OK"u8);
    }
}

internal sealed class DiscardCommand() : ImmediateCommand("discard", 1)
{
    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (session.Transaction is null) throw new RespErrorException("ERR DISCARD without MULTI");
        session.Transaction = null;
        session.Watched.Clear();
        session.Reply.Simple("OK"u8);
    }
}

/// <summary>
/// <c>EXEC</c>: runs what waits, one command after another, and answers all at once; none waits for anything. The streams of its commands are held meanwhile: no command of
/// another client, over whatever door, reads or changes one of them in between, nor between the look at what is watched among them and the first command. Each command is
/// durable by itself. Where the silo dies that has the streams, the transaction ends there: nothing more of it is run, and the answer is an error that tells what was. In a cluster
/// all streams must be in one slot.
/// </summary>
internal sealed class ExecCommand(CommandTable table) : RespCommand("exec", 1)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session);

    private async ValueTask RunAsync(RespSession session)
    {
        if (session.Transaction is not { } transaction) throw new RespErrorException("ERR EXEC without MULTI");
        var watched = session.Watched.ToList();
        session.Transaction = null;
        session.Watched.Clear();
        if (transaction.IsBroken) throw new RespErrorException("EXECABORT Transaction discarded because of previous errors.");
        var rings = RingsOf(session, transaction);
        if (transaction.Count + watched.Count < 2)
        {
            await RunAsync(session, transaction, watched);
            return;
        }

        var hold = StreamHold.New();
        var asked = 0;
        try
        {
            for (; asked < rings.Count; asked++) await rings[asked].HoldAsync(hold);
            using (hold.Enter()) await RunAsync(session, transaction, watched);
        }
        finally
        {
            for (var i = 0; i <= asked && i < rings.Count; i++) await LetGoAsync(rings[i], hold);
        }
    }

    private async ValueTask RunAsync(RespSession session, Transaction transaction, List<WatchedRing> watched)
    {
        session.CommitReplies();
        session.KeepsReplies = session.MayNotBlock = true;
        var done = 0;
        try
        {
            foreach (var (ring, before) in watched)
            {
                if (await ring.StateAsync() == before) continue;
                session.WriteNullArray();
                return;
            }

            session.Reply.ArrayHeader(transaction.Count);
            for (; done < transaction.Count; done++)
            {
                var answered = session.Reply.Length;
                await table.RunQueuedAsync(session, transaction.Commands[done]);
                if (!session.Mesh.Nodes.IsCluster || !session.Reply.Written[answered..].StartsWith(ErrorMap.Unavailable)) continue;
                End(null);
                return;
            }
        }
        catch (StreamHoldLostException lost)
        {
            End(lost);
        }
        finally
        {
            session.KeepsReplies = session.MayNotBlock = false;
        }

        void End(StreamHoldLostException? lost)
        {
            session.Reply.CutTo(0);
            session.Reply.Error(ErrorMap.Of(lost, done, transaction.Count));
        }
    }

    /// <summary>The streams that the commands are about, in the order of their names, so that no two transactions wait for each other.</summary>
    private List<IHoldable> RingsOf(RespSession session, Transaction transaction)
    {
        var keys = new List<byte[]>();
        foreach (var saved in transaction.Commands) CommandKeys.AddTo(keys, table.Find(saved.Arguments[0])!, saved.Arguments);
        if (session.Mesh.Nodes.IsCluster && keys.Any(key => RoomSlot.Of(key) != RoomSlot.Of(keys[0]))) throw Redirection.CrossSlot();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
            if (RingKey.TryDecode(key) is { } text && AddressedLog.RingOf(text) is { } name) names.Add(name);
        return [.. names.Select(name => session.Mesh.Ring(StreamName.Ring(name))).OfType<IHoldable>()];
    }

    /// <summary>One that cannot be let go of ends by itself.</summary>
    private static async ValueTask LetGoAsync(IHoldable ring, StreamHold hold)
    {
        try
        {
            await ring.LetGoAsync(hold);
        }
        catch (StorageUnavailableException)
        {
            // Nobody answers, and so nobody is kept waiting.
        }
    }
}

/// <summary><c>WATCH key …</c>: EXEC runs nothing when one of the streams has other entries by then.</summary>
internal sealed class WatchCommand() : RespCommand("watch", -2)
{
    /// <summary>Keys that one client watches at most.</summary>
    private const int KeysMax = 10_000;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (session.Transaction is not null) throw new RespErrorException("ERR WATCH inside MULTI is not allowed");
        if (session.Watched.Count + arguments.Count - 1 > KeysMax) throw new RespErrorException($"ERR a client watches at most {KeysMax} keys");
        var rings = new List<IRing>();
        for (var i = 1; i < arguments.Count; i++) rings.Add(session.Ring(arguments[i]));
        return RunAsync(session, rings);
    }

    private static async ValueTask RunAsync(RespSession session, List<IRing> rings)
    {
        foreach (var ring in rings) session.Watched.Add(new WatchedRing(ring, await ring.StateAsync()));
        session.Reply.Simple("OK"u8);
    }
}

internal sealed class UnwatchCommand() : ImmediateCommand("unwatch", 1)
{
    protected override void Run(RespSession session, RespArguments arguments)
    {
        session.Watched.Clear();
        session.Reply.Simple("OK"u8);
    }
}
