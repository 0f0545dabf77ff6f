using System.Text;

namespace Mesh.Testing.Faults;

/// <summary>What a history shows, each kind of fault apart. The lists name the stream and the message.</summary>
public sealed class Findings
{
    /// <summary>Acknowledged and not stored.</summary>
    public List<string> Lost { get; } = [];

    /// <summary>Stored at two sequences.</summary>
    public List<string> Doubled { get; } = [];

    /// <summary>One producer's messages, each sent after the last was answered, stored in another order.</summary>
    public List<string> Reordered { get; } = [];

    /// <summary>Sequences that nothing stands at.</summary>
    public List<string> Gaps { get; } = [];

    /// <summary>Acknowledged at one sequence and stored at another: two histories.</summary>
    public List<string> Moved { get; } = [];

    /// <summary>Refused and yet stored.</summary>
    public List<string> Ghosts { get; } = [];

    /// <summary>A reader that followed a stream saw something twice, missed something, or went back.</summary>
    public List<string> Stale { get; } = [];

    public List<Recovery> Recoveries { get; } = [];

    public int Sent { get; set; }

    public int Acknowledged { get; set; }

    /// <summary>Never answered: stored or not, both are right.</summary>
    public int Unknown { get; set; }

    public int UnknownStored { get; set; }

    public bool IsClean => Lost.Count + Doubled.Count + Reordered.Count + Gaps.Count + Moved.Count + Ghosts.Count + Stale.Count == 0;

    public override string ToString()
    {
        var text = new StringBuilder()
            .AppendLine($"{Sent} sent, {Acknowledged} acknowledged, {Unknown} unknown of which {UnknownStored} stored");
        foreach (var (name, list) in new[] { ("lost", Lost), ("doubled", Doubled), ("reordered", Reordered), ("gap", Gaps), ("moved", Moved), ("ghost", Ghosts), ("stale", Stale) })
            if (list.Count > 0) text.AppendLine($"{name}: {list.Count}: {string.Join(", ", list.Take(20))}");
        foreach (var faults in Recoveries.GroupBy(each => each.Fault)) text.AppendLine(Distribution(faults.Key, [.. faults]));
        return text.ToString();
    }

    private static string Distribution(string fault, IReadOnlyList<Recovery> recoveries)
    {
        var times = recoveries.Where(each => each.Time is not null).Select(each => each.Time!.Value.TotalMilliseconds).Order().ToList();
        var never = recoveries.Count - times.Count;
        return times.Count == 0
            ? $"after {fault}: nothing was taken any more"
            : $"after {fault}: again within {times[0]:0} ms at least, {times[times.Count / 2]:0} ms median, {times[^1]:0} ms at most" + (never > 0 ? $"; {never} not before the end" : "");
    }
}
