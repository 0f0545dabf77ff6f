using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary><c>XCLAIM key group consumer min-idle id … [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE] [JUSTID] [LASTID id]</c>.</summary>
internal sealed class XClaimCommand() : RespCommand("xclaim", -6)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var key = GroupKey.Read(session, arguments, 1);
        try
        {
            return RunAsync(session, key, Parse(session, arguments, key.Group));
        }
        catch (RespErrorException error)
        {
            return RefuseAsync(key, error);
        }
    }

    private static PendingClaim Parse(RespSession session, RespArguments arguments, string group)
    {
        var idleMin = Durations.OfMilliseconds(Parse(arguments[4], "Invalid min-idle-time argument for XCLAIM"));
        var at = 5;
        var ids = new List<RingId>();
        for (; at < arguments.Count && StreamIds.TryParse(arguments[at], 0, out var id); at++) ids.Add(id);
        if (ids.Count > GroupLimits.EntriesMax) throw new RespErrorException($"ERR at most {GroupLimits.EntriesMax} entries can be claimed at once");
        var claim = new PendingClaim(group, session.GroupName(arguments[3]), ids) { IdleMin = idleMin };
        for (; at < arguments.Count; at++)
        {
            var hasMore = at + 1 < arguments.Count;
            if (arguments.Is(at, "FORCE"u8)) claim = claim with { Force = true };
            else if (arguments.Is(at, "JUSTID"u8)) claim = claim with { IdsOnly = true };
            else if (hasMore && arguments.Is(at, "IDLE"u8)) claim = claim with { DeliveredAt = Ago(session, Parse(arguments[++at], "Invalid IDLE option argument for XCLAIM")) };
            else if (hasMore && arguments.Is(at, "TIME"u8)) claim = claim with { DeliveredAt = At(Parse(arguments[++at], "Invalid TIME option argument for XCLAIM")) };
            else if (hasMore && arguments.Is(at, "RETRYCOUNT"u8)) claim = claim with { Deliveries = Count(Parse(arguments[++at], "Invalid RETRYCOUNT option argument for XCLAIM")) };
            else if (hasMore && arguments.Is(at, "LASTID"u8)) claim = claim with { LastId = StreamIds.Parse(arguments[++at], 0) };
            else throw new RespErrorException($"ERR Unrecognized XCLAIM option '{arguments.Text(at)}'");
        }

        return claim;
    }

    private static long Parse(ReadOnlySpan<byte> text, string otherwise) =>
        Numbers.TryParse(text, out var value) ? value : throw new RespErrorException("ERR " + otherwise);

    private static RecordTime? Ago(RespSession session, long milliseconds) =>
        At(Durations.Milliseconds(RecordTime.From(session.Clock.GetUtcNow())) - Math.Clamp(milliseconds, 0, long.MaxValue / 2));

    /// <returns>Null, which is now, for a time that cannot be.</returns>
    private static RecordTime? At(long milliseconds) => milliseconds is >= 0 and < long.MaxValue / 1000 ? new RecordTime(milliseconds * 1000) : null;

    private static long? Count(long count) => count >= 0 ? count : null;

    private static async ValueTask RunAsync(RespSession session, GroupKey key, PendingClaim claim)
    {
        var records = await key.Ring.ClaimPendingAsync(claim);
        key.Check(records.Outcome);
        if (claim.IdsOnly) Entries.WriteIds(session.Reply, records.Ids);
        else Entries.WriteArray(session.Reply, records.Records);
    }

    /// <summary>That there is no such group is said before anything is wrong with the rest.</summary>
    private static async ValueTask RefuseAsync(GroupKey key, RespErrorException error)
    {
        key.Check(await key.CheckAsync());
        throw error;
    }
}
