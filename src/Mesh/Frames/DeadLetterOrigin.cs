using System.Globalization;
using System.Text;

namespace Mesh.Frames;

/// <summary>What a dead letter of a consumer group says of itself, in four tags.</summary>
/// <param name="Stream">The stream whose group it was, in the same project.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Sequence">The record's place in the stream; there it stays, as long as retention keeps it.</param>
/// <param name="Reason">Why it is here, for people.</param>
public sealed record DeadLetterOrigin(StreamName Stream, string Group, Sequence Sequence, string Reason)
{
    public static ReadOnlySpan<byte> StreamTag => "mesh-dead-letter-stream"u8;

    public static ReadOnlySpan<byte> GroupTag => "mesh-dead-letter-group"u8;

    public static ReadOnlySpan<byte> SequenceTag => "mesh-dead-letter-sequence"u8;

    public static ReadOnlySpan<byte> ReasonTag => "mesh-dead-letter-reason"u8;

    /// <returns>Null when the record is no group's dead letter.</returns>
    /// <param name="record">The record.</param>
    /// <param name="project">The project of its queue.</param>
    public static DeadLetterOrigin? Of(in RecordView record, string project)
    {
        string? stream = null, group = null, reason = null;
        var sequence = 0L;
        var tags = new TagsReader(record.Tags);
        while (tags.MoveNext())
        {
            if (tags.Name.SequenceEqual(StreamTag)) stream = Encoding.UTF8.GetString(tags.Value);
            else if (tags.Name.SequenceEqual(GroupTag)) group = Encoding.UTF8.GetString(tags.Value);
            else if (tags.Name.SequenceEqual(ReasonTag)) reason = Encoding.UTF8.GetString(tags.Value);
            else if (tags.Name.SequenceEqual(SequenceTag)) _ = long.TryParse(tags.Value, NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
        }

        var colon = stream?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || group is null || !Enum.TryParse<StreamKind>(stream.AsSpan(0, colon), ignoreCase: true, out var kind)) return null;
        return new DeadLetterOrigin(new StreamName(project, kind, stream![(colon + 1)..]), group, new Sequence(sequence), reason ?? "");
    }

    /// <summary>The tags of a record with these in place of what it said before.</summary>
    public byte[] Replace(in RecordView record)
    {
        var written = DeadLetterTag.Others(record);
        Add(StreamTag, string.Concat(Stream.Kind.ToString().ToLowerInvariant(), ":", Stream.Name));
        Add(GroupTag, Group);
        Add(SequenceTag, Sequence.ToString());
        Add(ReasonTag, Reason);
        return written.Written.ToArray();

        void Add(ReadOnlySpan<byte> name, string value) => written.Add(name, Encoding.UTF8.GetBytes(value));
    }

    internal static bool IsNamed(ReadOnlySpan<byte> tag) =>
        tag.SequenceEqual(StreamTag) || tag.SequenceEqual(GroupTag) || tag.SequenceEqual(SequenceTag) || tag.SequenceEqual(ReasonTag);
}
