using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary><c>XAUTOCLAIM key group consumer min-idle start [COUNT n] [JUSTID]</c>.</summary>
internal sealed class XAutoClaimCommand() : RespCommand("xautoclaim", -6)
{
    private const int CountDefault = 100;

    /// <summary>As Redis has it on 64 bits; fewer are claimed at once.</summary>
    private const long CountMax = long.MaxValue / 16;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (!Numbers.TryParse(arguments[4], out var idle)) throw new RespErrorException("ERR Invalid min-idle-time argument for XAUTOCLAIM");
        var start = StreamIds.ParseStart(arguments[5]);
        var (count, idsOnly) = (CountDefault, false);
        for (var at = 6; at < arguments.Count; at++)
        {
            if (at + 1 < arguments.Count && arguments.Is(at, "COUNT"u8)) count = ParseCount(arguments[++at]);
            else if (arguments.Is(at, "JUSTID"u8)) idsOnly = true;
            else throw Refusals.Syntax();
        }

        var key = GroupKey.Read(session, arguments, 1);
        return RunAsync(session, key, new IdleClaim(key.Group, session.GroupName(arguments[3]), Durations.OfMilliseconds(idle), start, count, idsOnly));
    }

    private static int ParseCount(ReadOnlySpan<byte> text) => Numbers.TryParse(text, out var count) && count is > 0 and <= CountMax
        ? (int)Math.Min(count, GroupLimits.EntriesMax)
        : throw new RespErrorException("ERR COUNT must be > 0");

    private static async ValueTask RunAsync(RespSession session, GroupKey key, IdleClaim claim)
    {
        var records = await key.Ring.ClaimIdleAsync(claim);
        key.Check(records.Outcome);
        session.Reply.ArrayHeader(3);
        session.Reply.Id(records.Next);
        if (claim.IdsOnly) Entries.WriteIds(session.Reply, records.Ids);
        else Entries.WriteArray(session.Reply, records.Records);
        Entries.WriteIds(session.Reply, records.Missing);
    }
}
