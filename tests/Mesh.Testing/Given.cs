using System.Text;
using Mesh.Frames;

namespace Mesh.Testing;

/// <summary>Short ways to what most tests are not about.</summary>
public static class Given
{
    /// <summary>A segment of records with these bodies and nothing else.</summary>
    public static ReadOnlyMemory<byte> Segment(params string[] bodies)
    {
        using var writer = new SegmentWriter();
        foreach (var body in bodies) writer.Add(default, Encoding.UTF8.GetBytes(body));
        return writer.Finish().ToArray();
    }

    /// <summary>A segment of one record that expires.</summary>
    public static ReadOnlyMemory<byte> Mortal(string body, TimeSpan ttl)
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { TtlMicros = (long)ttl.TotalMicroseconds }, Encoding.UTF8.GetBytes(body));
        return writer.Finish().ToArray();
    }

    /// <summary>A segment of one record with a key.</summary>
    public static ReadOnlyMemory<byte> Keyed(string key, string body, string producer = "")
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { Key = Encoding.UTF8.GetBytes(key), Producer = Encoding.UTF8.GetBytes(producer) }, Encoding.UTF8.GetBytes(body));
        return writer.Finish().ToArray();
    }

    /// <summary>A segment of records with explicit Redis ids.</summary>
    public static ReadOnlyMemory<byte> WithIds(params RingId[] ids)
    {
        using var writer = new SegmentWriter();
        foreach (var id in ids) writer.Add(new RecordFields { Id = id }, Encoding.UTF8.GetBytes(id.ToString()));
        return writer.Finish().ToArray();
    }

    /// <summary>The bodies of a page, as text.</summary>
    public static List<string> Bodies(this RecordPage page)
    {
        var bodies = new List<string>();
        foreach (var record in page) bodies.Add(Encoding.UTF8.GetString(record.Body));
        return bodies;
    }

    /// <summary>The sequences of a page.</summary>
    public static List<long> Sequences(this RecordPage page)
    {
        var sequences = new List<long>();
        foreach (var record in page) sequences.Add(record.Sequence.Value);
        return sequences;
    }
}
