using Mesh.Frames;

namespace Mesh.Protocols.Rotera.Files;

/// <summary>Brings the messages of a file of the original into a ring.</summary>
public static class RotImport
{
    private const int BatchBytes = 64 * 1024;

    /// <summary>What a message takes in the store beside its bytes when each is pushed by itself.</summary>
    private const int OverheadBytes = FrameFormat.RecordOverheadBytesMin + FrameFormat.SegmentHeaderBytes + FrameFormat.BatchHeaderWithIdBytes;

    /// <summary>What the ring must keep to hold what the file may.</summary>
    public static StreamOptions OptionsFor(RotFile file) => new() { RetentionCount = file.MessagesMax, RetentionBytes = file.BytesMax + file.MessagesMax * OverheadBytes };

    /// <summary>Appends all messages, some at a time, each time durable before the next.</summary>
    /// <param name="file">Where they are.</param>
    /// <param name="ring">Empty, and its next sequence the oldest id plus one, if ids are to stay as they are.</param>
    /// <param name="done">Called with how many are stored.</param>
    /// <param name="cancel">Ends the import between two appends.</param>
    /// <exception cref="InvalidDataException">The file is damaged; what was before that is stored.</exception>
    public static async Task RunAsync(RotFile file, IRing ring, Action<long>? done = null, CancellationToken cancel = default)
    {
        using var segment = new SegmentWriter(BatchBytes);
        long stored = 0;
        foreach (var message in file.Messages())
        {
            if (segment.Count > 0 && segment.Length + message.Length > BatchBytes) await AppendAsync().ConfigureAwait(false);
            segment.Add(default, message);
        }

        if (segment.Count > 0) await AppendAsync().ConfigureAwait(false);

        async ValueTask AppendAsync()
        {
            while (await ring.AppendAsync(segment.Finish()).ConfigureAwait(false) is AppendResult.Busy busy) await Task.Delay(busy.RetryAfter, cancel).ConfigureAwait(false);
            stored += segment.Count;
            segment.Reset();
            done?.Invoke(stored);
            cancel.ThrowIfCancellationRequested();
        }
    }
}
