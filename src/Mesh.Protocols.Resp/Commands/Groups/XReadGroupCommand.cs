using System.Text;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary><c>XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK] STREAMS key … id …</c>. The id <c>&gt;</c> asks for new entries; any other for those
/// that are pending with the consumer.</summary>
internal sealed class XReadGroupCommand() : RespCommand("xreadgroup", -7)
{
    /// <summary>Entries of a reply that was waited for, as Redis bounds it.</summary>
    private const int CountAfterWait = 1000;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session, ReadRequest.Parse(session, arguments, isGroup: true));

    private static async ValueTask RunAsync(RespSession session, ReadRequest request)
    {
        // One stream's delivery finds out by itself; of several none is read unless all can be.
        if (request.Streams.Count > 1 || request.Streams[0].Place is ReadRequest.Place.Invalid or ReadRequest.Place.Now) await CheckAsync(request);
        var answers = new GroupRecords?[request.Streams.Count];
        var found = await DeliverAsync(session, request, Math.Min(request.Count, GroupLimits.EntriesMax), answers);
        for (var i = 0; i < answers.Length; i++)
            if (answers[i] is { } answer) CheckOutcome(request, i, answer.Outcome);

        var wait = new BlockedRead(session, request.Block);
        while (found == 0 && await wait.WaitAsync((time, end) =>
            request.Streams.Select((stream, i) => stream.Ring.WaitForGroupAsync(request.Group!, answers[i]!.Records.HighWatermark.Next(), time, end))))
        {
            found = await DeliverAsync(session, request, Math.Min(request.Count, CountAfterWait), answers);
            if (answers.Any(answer => answer?.Outcome == GroupOutcome.NoStream)) throw new RespErrorException("UNBLOCKED the stream key no longer exists");
            if (answers.Any(answer => answer?.Outcome == GroupOutcome.NoGroup))
                throw new RespErrorException("NOGROUP the consumer group this client was blocked on no longer exists");
            if (answers.Any(answer => answer?.Outcome == GroupOutcome.Full)) throw GroupKey.Full();
        }

        Write(session, request, answers, found);
    }

    /// <summary>Stream by stream: that the group is there, then that the id is one.</summary>
    private static async ValueTask CheckAsync(ReadRequest request)
    {
        for (var i = 0; i < request.Streams.Count; i++)
        {
            var stream = request.Streams[i];
            CheckOutcome(request, i, await new GroupKey(stream.Key, stream.Ring, request.Group!).CheckAsync());
            if (stream.Place == ReadRequest.Place.Invalid) throw new RespErrorException(StreamIds.Invalid);
            if (stream.Place == ReadRequest.Place.Now)
            {
                throw new RespErrorException(
                    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, " +
                    "or use the > ID to get new messages. The $ ID would just return an empty result set.");
            }
        }
    }

    private static void CheckOutcome(ReadRequest request, int index, GroupOutcome outcome)
    {
        if (outcome == GroupOutcome.Full) throw GroupKey.Full();
        if (outcome is not (GroupOutcome.NoStream or GroupOutcome.NoGroup)) return;
        var key = Encoding.UTF8.GetString(request.Streams[index].Key);
        throw new RespErrorException($"NOGROUP No such key '{key}' or consumer group '{request.Group}' in XREADGROUP with GROUP option");
    }

    /// <summary>Hands out records stream by stream, until the reply is full.</summary>
    /// <returns>How many streams have something to tell: a history always does.</returns>
    private static async ValueTask<int> DeliverAsync(RespSession session, ReadRequest request, int count, GroupRecords?[] answers)
    {
        var found = 0;
        long bytes = 0;
        for (var i = 0; i < answers.Length && bytes <= session.Options.ReplyBytesMax; i++)
        {
            var stream = request.Streams[i];
            RingId? after = IsHistory(stream) ? stream.After : null;
            var answer = await stream.Ring.DeliverAsync(new GroupRead(request.Group!, request.Consumer!, count, after, request.IsAcknowledged));
            answers[i] = answer;
            if (HasSomething(stream, answer)) found++;
            bytes += Entries.BytesOf(answer.Records);
        }

        return found;
    }

    /// <summary>The greatest id there can be asks for new entries too, as in Redis.</summary>
    private static bool IsHistory(in ReadRequest.Stream stream) => stream.Place == ReadRequest.Place.AfterId && stream.After != RingId.Max;

    private static bool HasSomething(in ReadRequest.Stream stream, GroupRecords answer) =>
        answer.Outcome == GroupOutcome.Done && (IsHistory(stream) || answer.Records.Count > 0);

    private static void Write(RespSession session, ReadRequest request, GroupRecords?[] answers, int found)
    {
        if (found == 0)
        {
            session.WriteNullArray();
            return;
        }

        if (session.IsResp3) session.Reply.MapHeader(found);
        else session.Reply.ArrayHeader(found);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is not { } answer || !HasSomething(request.Streams[i], answer)) continue;
            if (!session.IsResp3) session.Reply.ArrayHeader(2);
            session.Reply.Bulk(request.Streams[i].Key);
            Entries.WriteArray(session, answer.Records, answer.Missing);
        }
    }
}
