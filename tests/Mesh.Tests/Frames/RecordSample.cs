using System.Text;
using Mesh.Frames;
using Xunit;

namespace Mesh.Tests.Frames;

/// <summary>A record as plain values, to compare with what comes back from bytes.</summary>
internal sealed record RecordSample
{
    public string Key { get; init; } = "";

    public string Producer { get; init; } = "";

    public IReadOnlyList<(string Name, string Value)> Tags { get; init; } = [];

    public ContentType ContentType { get; init; } = ContentType.Bytes;

    public string ContentTypeName { get; init; } = "";

    public long TtlMicros { get; init; }

    public long DelayMicros { get; init; }

    public RingId? Id { get; init; }

    public byte[] Body { get; init; } = [];

    public static RecordSample Random(Random random)
    {
        var type = (ContentType)random.Next(6) is var code && code == (ContentType)5 ? ContentType.Bytes : code;
        return new RecordSample
        {
            Key = Text(random, 40),
            Producer = Text(random, 300),
            Tags = [.. Enumerable.Range(0, Often(random) ? 0 : random.Next(4)).Select(_ => (Text(random, 5), Text(random, 200)))],
            ContentType = type,
            ContentTypeName = type == ContentType.Other ? "x/" + Text(random, 20) : "",
            TtlMicros = Often(random) ? 0 : random.NextInt64(1, long.MaxValue),
            DelayMicros = Often(random) ? 0 : random.NextInt64(1, long.MaxValue),
            Id = Often(random) ? null : new RingId((ulong)random.NextInt64(), (ulong)random.NextInt64()),
            Body = Bytes(random, Often(random) ? 20 : 3000),
        };
    }

    public void AddTo(SegmentWriter writer)
    {
        var tags = new TagsWriter();
        foreach (var (name, value) in Tags) tags.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        var fields = new RecordFields
        {
            Key = Encoding.UTF8.GetBytes(Key),
            Producer = Encoding.UTF8.GetBytes(Producer),
            Tags = tags.Written,
            ContentType = ContentType,
            ContentTypeName = Encoding.UTF8.GetBytes(ContentTypeName),
            TtlMicros = TtlMicros,
            DelayMicros = DelayMicros,
            Id = Id,
        };
        writer.Add(fields, Body);
    }

    public void AssertIs(in RecordView record)
    {
        Assert.Equal(Key, Encoding.UTF8.GetString(record.Key));
        Assert.Equal(Producer, Encoding.UTF8.GetString(record.Producer));
        Assert.Equal(Tags, TagsOf(record));
        Assert.Equal((ContentType, ContentTypeName), (record.ContentType, Encoding.UTF8.GetString(record.ContentTypeName)));
        Assert.Equal((TtlMicros, DelayMicros), (record.TtlMicros, record.DelayMicros));
        Assert.Equal(Id is not null, record.HasExplicitId);
        if (Id is not null) Assert.Equal(Id, record.Id);
        Assert.Equal(Body, record.Body.ToArray());
    }

    private static List<(string, string)> TagsOf(in RecordView record)
    {
        var found = new List<(string, string)>();
        var tags = new TagsReader(record.Tags);
        while (tags.MoveNext()) found.Add((Encoding.UTF8.GetString(tags.Name), Encoding.UTF8.GetString(tags.Value)));
        return found;
    }

    private static bool Often(Random random) => random.Next(3) > 0;

    private static string Text(Random random, int charsMax) =>
        Often(random) ? "" : new string((char)random.Next('a', 0x300), random.Next(charsMax));

    private static byte[] Bytes(Random random, int bytesMax)
    {
        var bytes = new byte[random.Next(bytesMax)];
        random.NextBytes(bytes);
        return bytes;
    }
}
