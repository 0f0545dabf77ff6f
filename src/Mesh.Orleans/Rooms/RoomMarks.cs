namespace Mesh.Orleans.Rooms;

/// <summary>
/// The last message of each sender that was handed out in one room. A sender publishes to a room one call after another, and sends one again under the same
/// numbers: what is not above the last was handed out before. Thread-safe.
/// </summary>
internal sealed class RoomMarks
{
    /// <summary>Senders remembered; of more, those heard least lately are forgotten, and only a repeat of theirs that is under way would come twice.</summary>
    private const int SendersMax = 1000;

    private readonly Lock _change = new();
    private readonly Dictionary<ulong, long> _last = [];
    private readonly Queue<ulong> _order = new();

    /// <returns>False when the message was handed out before.</returns>
    public bool TryAdvance(in RoomPost post)
    {
        lock (_change)
        {
            if (_last.TryGetValue(post.Sender, out var last))
            {
                if (post.Number <= last) return false;
            }
            else
            {
                if (_last.Count == SendersMax) _last.Remove(_order.Dequeue());
                _order.Enqueue(post.Sender);
            }

            _last[post.Sender] = post.Number;
            return true;
        }
    }
}
