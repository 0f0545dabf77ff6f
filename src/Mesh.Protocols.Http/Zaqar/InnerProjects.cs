namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Projects of this door's own, for what it keeps beside queues. They hold a control character, which no client's project may.</summary>
internal static class InnerProjects
{
    private const char Mark = StreamName.InnerMark;

    /// <summary>What all servers of one store share.</summary>
    public const string Settings = "\u001fsettings";

    /// <summary>Queues that are made to see whether that works.</summary>
    public const string Health = "\u001fhealth";

    /// <summary>A stream for each queue that was ever subscribed to, see <see cref="NameOf"/>.</summary>
    public const string Subscribed = "\u001fsubscribed";

    /// <summary>The subscriptions of one queue, each a queue of what is to be delivered to it.</summary>
    public static string OfSubscriptions(StreamName queue) => $"{Mark}subscriptions{Mark}{NameOf(queue)}";

    /// <summary>Project and name of a queue as one name.</summary>
    public static string NameOf(StreamName queue) => $"{queue.Project}{Mark}{queue.Name}";

    /// <summary>The queue that <see cref="NameOf"/> names.</summary>
    public static StreamName QueueOf(string name)
    {
        var mark = name.IndexOf(Mark, StringComparison.Ordinal);
        return StreamName.Queue(name[(mark + 1)..], name[..mark]);
    }
}
