using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

internal sealed class XLenCommand() : RespCommand("xlen", 2)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session, session.Ring(arguments[1]));

    private static async ValueTask RunAsync(RespSession session, IRing ring) => session.Reply.Integer((await ring.StateAsync()).Length);
}

/// <summary><c>XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT n]</c>.</summary>
internal sealed class XTrimCommand() : RespCommand("xtrim", -4)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var at = 2;
        var trim = default(TrimOption);
        if (!TrimOption.TryRead(arguments, ref at, ref trim) || at != arguments.Count) throw Refusals.Syntax();
        return RunAsync(session, session.Ring(arguments[1]), trim);
    }

    private static async ValueTask RunAsync(RespSession session, IRing ring, TrimOption trim) => session.Reply.Integer(
        trim.KeepCount is { } count ? await ring.TrimToCountAsync(count) : await ring.TrimBelowAsync(trim.KeepFrom!.Value));
}
