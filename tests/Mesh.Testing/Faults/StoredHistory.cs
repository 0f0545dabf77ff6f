using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mesh.Testing.Faults;

/// <summary>What the streams of a mesh hold, by no door's way of showing it.</summary>
public static partial class StoredHistory
{
    public static async Task<Dictionary<string, IReadOnlyList<StoredMessage>>> ReadAsync(params IEnumerable<(string Stream, IStreamLog Log)> streams)
    {
        var stored = new Dictionary<string, IReadOnlyList<StoredMessage>>();
        foreach (var (stream, log) in streams) stored.Add(stream, await ReadAsync(log));
        return stored;
    }

    private static async Task<List<StoredMessage>> ReadAsync(IStreamLog log)
    {
        var messages = new List<StoredMessage>();
        for (var query = new ReadQuery { From = Sequence.First }; ;)
        {
            var page = await log.ReadAsync(query);
            if (page.Count == 0) return messages;
            foreach (var record in page) messages.Add(new StoredMessage(record.Sequence.Value, Find(record.Body)));
            query = query with { From = page.Next };
        }
    }

    /// <summary>Every door wraps the message's name in a form of its own.</summary>
    private static MessageId Find(ReadOnlySpan<byte> body)
    {
        var match = Name().Match(Encoding.Latin1.GetString(body));
        return new MessageId(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("([a-z]+[0-9]*):([0-9]+)")]
    private static partial Regex Name();
}
