using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>The PUBLISHes of one connection that are on their way; those to one room arrive in order. Not thread-safe.</summary>
internal sealed class PublishGroup(RespSession session) : PipelineGroup
{
    /// <summary>PUBLISHes that wait at most.</summary>
    private const int WaitingMax = 4096;

    /// <summary>Bytes of messages that wait at most, save one message more. Rooms take several times as much.</summary>
    private const int WaitingBytesMax = 1024 * 1024;

    private readonly Queue<ValueTask<int>> _waiting = new();
    private int _bytes;

    public override bool IsEmpty => _waiting.Count == 0;

    public override bool IsFull => _waiting.Count >= WaitingMax || _bytes >= WaitingBytesMax;

    /// <param name="published">How many it reached; answered at once when that is known and no other waits.</param>
    /// <param name="bytes">Of the message.</param>
    public void Add(ValueTask<int> published, int bytes)
    {
        if (IsEmpty && published.IsCompletedSuccessfully)
        {
            session.Reply.Integer(published.Result);
            return;
        }

        _waiting.Enqueue(published);
        _bytes += bytes;
    }

    public override ValueTask FinishAsync() => IsEmpty ? default : AnswerAsync();

    private async ValueTask AnswerAsync()
    {
        _bytes = 0;
        while (_waiting.TryDequeue(out var published))
        {
            try
            {
                session.Reply.Integer(await published);
            }
            catch (Exception reason) when (ErrorMap.Of(reason) is not null)
            {
                session.Reply.Error(ErrorMap.Of(reason)!);
            }
        }
    }
}
