namespace Mesh.Frames;

/// <summary>The priority of a record in a queue whose options know priorities: its key is one digit; without it the priority is 0.</summary>
public static class QueuePriority
{
    /// <summary>The highest; it is handed out first.</summary>
    public const int Max = 9;

    public static int Of(in RecordView record) => record.Key is [>= (byte)'0' and <= (byte)'9' and var digit] ? digit - '0' : 0;

    /// <summary>The key of records with a priority.</summary>
    /// <param name="priority">0 to <see cref="Max"/>.</param>
    public static ReadOnlySpan<byte> KeyOf(int priority) => priority == 0 ? default : "0123456789"u8.Slice(priority, 1);
}
