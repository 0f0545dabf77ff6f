using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>PUBLISH channel message</c>, and <c>SPUBLISH</c> for shard channels.</summary>
/// <param name="name">The command.</param>
/// <param name="isShard">The channel is a shard channel.</param>
internal sealed class PublishCommand(string name, bool isShard) : RespCommand(name, 3)
{
    /// <summary>One that may receive what it publishes is answered before its next message is on its way.</summary>
    internal override PipelineGroup? GroupOf(RespSession session) => session.SubscriptionCount == 0 ? session.Publishes : null;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        session.OnPublish(arguments[1]);

        // What this client may receive of it comes after the replies to what it asked before.
        if (session.SubscriptionCount > 0) session.CommitReplies();
        var published = session.Mesh.Rooms.PublishAsync(isShard ? ShardRooms.NameOf(arguments[1]) : arguments[1], arguments[2]);
        session.Publishes.Add(published, arguments[2].Length);
        return session.SubscriptionCount > 0 || session.Publishes.IsFull ? session.Publishes.FinishAsync() : default;
    }
}
