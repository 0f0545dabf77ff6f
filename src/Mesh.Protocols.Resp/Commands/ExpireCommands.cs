using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>EXPIRE key seconds [NX|XX|GT|LT]</c>, and its kin in milliseconds or with a time of day.</summary>
/// <param name="name">The command.</param>
/// <param name="unitMilliseconds">What its argument counts.</param>
/// <param name="isTimeOfDay">It counts from the Unix epoch, else from now.</param>
internal sealed class ExpireCommand(string name, long unitMilliseconds, bool isTimeOfDay) : RespCommand(name, -3)
{
    /// <summary>When a change is made.</summary>
    [Flags]
    private enum Condition
    {
        Always = 0,

        /// <summary>There is no time yet.</summary>
        IfNone = 1,

        IfAny = 2,

        IfLater = 4,

        IfEarlier = 8,
    }

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var condition = Condition.Always;
        for (var i = 3; i < arguments.Count; i++) condition |= ParseCondition(arguments, i);
        if (condition.HasFlag(Condition.IfNone) && condition != Condition.IfNone)
            throw new RespErrorException("ERR NX and XX, GT or LT options at the same time are not compatible");
        if (condition.HasFlag(Condition.IfLater) && condition.HasFlag(Condition.IfEarlier))
            throw new RespErrorException("ERR GT and LT options at the same time are not compatible");
        var now = isTimeOfDay ? 0 : session.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return RunAsync(session, StreamName.Ring(RingKey.Decode(arguments[1])), At(Numbers.Parse(arguments[2]), now), condition);
    }

    private static Condition ParseCondition(RespArguments arguments, int index)
    {
        if (arguments.Is(index, "NX"u8)) return Condition.IfNone;
        if (arguments.Is(index, "XX"u8)) return Condition.IfAny;
        if (arguments.Is(index, "GT"u8)) return Condition.IfLater;
        return arguments.Is(index, "LT"u8) ? Condition.IfEarlier : throw new RespErrorException($"ERR Unsupported option {arguments.Text(index)}");
    }

    private static bool IsMet(Condition condition, long? before, long at)
    {
        if (condition.HasFlag(Condition.IfNone) && before is not null) return false;
        if (condition.HasFlag(Condition.IfAny) && before is null) return false;
        if (condition.HasFlag(Condition.IfLater) && (before is null || at <= before)) return false;
        return !condition.HasFlag(Condition.IfEarlier) || before is null || at < before;
    }

    private static async ValueTask RunAsync(RespSession session, StreamName name, long at, Condition condition)
    {
        var catalogue = session.Mesh.Catalogue;
        if (await catalogue.FindAsync(name) is not { } entry || !IsMet(condition, entry.Options.ExpiresAt?.Micros / 1000, at))
        {
            session.Reply.Integer(0);
            return;
        }

        var isOver = at <= session.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var isDone = isOver
            ? await catalogue.DeleteAsync(name)
            : await catalogue.UpdateAsync(name, entry.Options with { ExpiresAt = new RecordTime(Math.Min(at, long.MaxValue / 1000) * 1000) }, entry.Metadata);
        session.Reply.Integer(isDone ? 1 : 0);
    }

    /// <returns>Milliseconds since the Unix epoch.</returns>
    private long At(long count, long now)
    {
        var isWithin = count <= long.MaxValue / unitMilliseconds && count >= long.MinValue / unitMilliseconds && count * unitMilliseconds <= long.MaxValue - now;
        return isWithin ? (count * unitMilliseconds) + now : throw new RespErrorException($"ERR invalid expire time in '{Name}' command");
    }
}

/// <summary><c>TTL key</c>, and its kin in milliseconds or as a time of day: -1 when it lives for ever, -2 when there is no such key.</summary>
/// <param name="name">The command.</param>
/// <param name="unitMilliseconds">What its answer counts.</param>
/// <param name="isTimeOfDay">It counts from the Unix epoch, else from now.</param>
internal sealed class TtlCommand(string name, long unitMilliseconds, bool isTimeOfDay) : RespCommand(name, 2)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session, StreamName.Ring(RingKey.Decode(arguments[1])));

    private async ValueTask RunAsync(RespSession session, StreamName name)
    {
        var entry = await session.Mesh.Catalogue.FindAsync(name);
        if (entry?.Options.ExpiresAt is not { } at)
        {
            session.Reply.Integer(entry is null ? -2 : -1);
            return;
        }

        var now = isTimeOfDay ? 0 : session.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        session.Reply.Integer((Math.Max(0, (at.Micros / 1000) - now) + (unitMilliseconds / 2)) / unitMilliseconds);
    }
}

/// <summary><c>PERSIST key</c>: the stream lives for ever again.</summary>
internal sealed class PersistCommand() : RespCommand("persist", 2)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session, StreamName.Ring(RingKey.Decode(arguments[1])));

    private static async ValueTask RunAsync(RespSession session, StreamName name)
    {
        var isDone = await session.Mesh.Catalogue.FindAsync(name) is { Options.ExpiresAt: not null } entry
            && await session.Mesh.Catalogue.UpdateAsync(name, entry.Options with { ExpiresAt = null }, entry.Metadata);
        session.Reply.Integer(isDone ? 1 : 0);
    }
}
