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

    /// <returns>How many of the messages, from the first on, were handed out before.</returns>
    public int Advance(RoomPosts posts)
    {
        lock (_change)
        {
            if (!_last.TryGetValue(posts.Sender, out var last))
            {
                if (_last.Count == SendersMax) _last.Remove(_order.Dequeue());
                _order.Enqueue(posts.Sender);
                last = posts.First - 1;
            }

            _last[posts.Sender] = Math.Max(last, posts.Last);
            return (int)Math.Clamp(last - posts.First + 1, 0, posts.Count);
        }
    }
}
