namespace Mesh.Client.Appends;

/// <summary>A record that is not acknowledged yet. What the appender links is under its lock.</summary>
/// <param name="frame">The message with its header, as it is sent.</param>
internal sealed class PendingAppend(byte[] frame) : TaskCompletionSource<AppendedRecord>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public byte[] Frame { get; } = frame;

    /// <summary>Its number among the producer's records.</summary>
    public long Number { get; set; }

    /// <summary>The one appended after it.</summary>
    public PendingAppend? Next { get; set; }
}
