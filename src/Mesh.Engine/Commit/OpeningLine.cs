using System.Collections.Concurrent;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Commit;

/// <summary>Streams that wait to be opened. Thread-safe.</summary>
internal sealed class OpeningLine(ILogStore store, int openingsMax)
{
    private readonly ConcurrentQueue<(OpenRequest Request, TaskCompletionSource<OpenedStream?> Answer)> _waiting = new();

    public Task<OpenedStream?> Add(OpenRequest request)
    {
        var answer = new TaskCompletionSource<OpenedStream?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((request, answer));
        return answer.Task;
    }

    /// <summary>Opens those that wait now, in one transaction. Blocks.</summary>
    /// <returns>False when none waited.</returns>
    public bool OpenWaiting()
    {
        if (_waiting.IsEmpty) return false;
        var requests = new List<OpenRequest>();
        var answers = new List<TaskCompletionSource<OpenedStream?>>();
        while (requests.Count < openingsMax && _waiting.TryDequeue(out var opening))
        {
            requests.Add(opening.Request);
            answers.Add(opening.Answer);
        }

        try
        {
            var opened = Blocking.Wait(store.OpenAsync(requests));
            for (var i = 0; i < answers.Count; i++) answers[i].TrySetResult(opened[i]);
        }
        catch (Exception reason)
        {
            foreach (var answer in answers) answer.TrySetException(reason);
        }

        return true;
    }

    public void Refuse(Exception reason)
    {
        while (_waiting.TryDequeue(out var opening)) opening.Answer.TrySetException(reason);
    }
}

/// <summary>For a loop that has a thread of its own, and nothing to do until the store has answered.</summary>
internal static class Blocking
{
    public static T Wait<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
}
