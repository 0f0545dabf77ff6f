namespace Mesh.Engine.Streams;

/// <summary>An append that waits for its stream to be opened.</summary>
internal sealed record ParkedAppend(byte[] Segment, AppendOptions Options, TaskCompletionSource<AppendResult> Answer)
{
    public async Task AnswerAsync(ValueTask<AppendResult> append)
    {
        try
        {
            Answer.TrySetResult(await append);
        }
        catch (Exception reason)
        {
            Answer.TrySetException(reason);
        }
    }
}
