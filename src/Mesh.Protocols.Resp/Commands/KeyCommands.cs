using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Commands over several keys, each of them a ring.</summary>
internal abstract class KeysCommand(string name, int arity) : RespCommand(name, arity)
{
    public sealed override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var names = new List<StreamName>();
        for (var i = 1; i < arguments.Count; i++) names.Add(StreamName.Ring(RingKey.Decode(arguments[i])));
        return RunAsync(session, names);
    }

    protected abstract ValueTask RunAsync(RespSession session, List<StreamName> names);
}

internal sealed class DelCommand(string name) : KeysCommand(name, -2)
{
    protected override async ValueTask RunAsync(RespSession session, List<StreamName> names)
    {
        var deleted = 0;
        foreach (var name in names)
            if (await session.Mesh.Catalogue.DeleteAsync(name)) deleted++;
        session.Reply.Integer(deleted);
    }
}

internal sealed class ExistsCommand(string name) : KeysCommand(name, -2)
{
    protected override async ValueTask RunAsync(RespSession session, List<StreamName> names)
    {
        var found = 0;
        foreach (var name in names)
            if (await session.Mesh.Catalogue.FindAsync(name) is not null) found++;
        session.Reply.Integer(found);
    }
}

internal sealed class TypeCommand() : KeysCommand("type", 2)
{
    protected override async ValueTask RunAsync(RespSession session, List<StreamName> names) =>
        session.Reply.Simple(await session.Mesh.Catalogue.FindAsync(names[0]) is null ? "none"u8 : "stream"u8);
}
