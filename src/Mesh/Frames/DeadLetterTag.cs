using System.Text;

namespace Mesh.Frames;

/// <summary>The tag by which a dead letter says which queue it comes from.</summary>
public static class DeadLetterTag
{
    public static ReadOnlySpan<byte> Name => "mesh-dead-letter-of"u8;

    /// <returns>Name of the queue, in the same project; null when the record is no dead letter.</returns>
    public static string? SourceOf(in RecordView record)
    {
        var tags = new TagsReader(record.Tags);
        while (tags.MoveNext())
            if (tags.Name.SequenceEqual(Name)) return Encoding.UTF8.GetString(tags.Value);
        return null;
    }

    /// <summary>The tags of a record with this one in place of what it said before, of queues or of groups.</summary>
    /// <param name="record">That moves.</param>
    /// <param name="source">Null takes the tag away.</param>
    public static byte[] Replace(in RecordView record, string? source)
    {
        var written = Others(record);
        if (source is not null) written.Add(Name, Encoding.UTF8.GetBytes(source));
        return written.Written.ToArray();
    }

    /// <summary>The tags of a record that say nothing of where it comes from.</summary>
    internal static TagsWriter Others(in RecordView record)
    {
        var written = new TagsWriter();
        var tags = new TagsReader(record.Tags);
        while (tags.MoveNext())
            if (!tags.Name.SequenceEqual(Name) && !DeadLetterOrigin.IsNamed(tags.Name)) written.Add(tags.Name, tags.Value);
        return written;
    }
}
