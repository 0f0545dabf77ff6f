using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>One command. Thread-safe: what belongs to a client is in its session.</summary>
/// <param name="name">In lower case, as errors show it.</param>
/// <param name="arity">How many arguments, the name included; negative for at least so many.</param>
public abstract class RespCommand(string name, int arity)
{
    public string Name { get; } = name;

    public int Arity { get; } = arity;

    /// <summary>Whether a RESP2 connection that has subscribed may send it.</summary>
    public virtual bool IsAllowedWhileSubscribed => false;

    /// <summary>The group that it only adds to, so that it need not wait for those before it; null when it waits for them.</summary>
    internal virtual PipelineGroup? GroupOf(RespSession session) => null;

    /// <summary>Whether it may change something.</summary>
    public bool Writes { get; } = name is "publish" or "spublish" or "xadd" or "xtrim" or "xdel" or "xsetid" or "xgroup" or "xreadgroup" or "xack" or "xclaim" or "xautoclaim"
        or "del" or "unlink" or "expire" or "pexpire" or "expireat" or "pexpireat" or "persist" or "exec" or "room";

    /// <summary>Whether it runs at once between MULTI and EXEC.</summary>
    public bool RunsWithinTransaction => Name is "multi" or "exec" or "discard" or "watch" or "quit" or "reset";

    /// <summary>Writes the reply into the session, at once or when the task ends. The arguments are valid until it returns.</summary>
    /// <exception cref="RespErrorException">The client is to be told.</exception>
    public abstract ValueTask RunAsync(RespSession session, RespArguments arguments);

    public bool Takes(int arguments) => Arity >= 0 ? arguments == Arity : arguments >= -Arity;
}

/// <summary>A command that answers at once.</summary>
public abstract class ImmediateCommand(string name, int arity) : RespCommand(name, arity)
{
    public sealed override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        Run(session, arguments);
        return default;
    }

    protected abstract void Run(RespSession session, RespArguments arguments);
}
