using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

internal sealed class PublishCommand() : RespCommand("publish", 3)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        // What this client may receive of it comes after the replies to what it asked before.
        if (session.SubscriptionCount > 0) session.CommitReplies();
        var published = session.Mesh.Rooms.PublishAsync(arguments[1], arguments[2]);
        if (!published.IsCompletedSuccessfully) return ReplyAsync(session, published);
        session.Reply.Integer(published.Result);
        return default;
    }

    private static async ValueTask ReplyAsync(RespSession session, ValueTask<int> published) => session.Reply.Integer(await published);
}
