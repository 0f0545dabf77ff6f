using System.Buffers;

namespace Mesh.Frames;

/// <summary>Encodes names and values into the tag block of a record (FORMAT.md, "Record"). Not thread-safe.</summary>
public sealed class TagsWriter
{
    private readonly ArrayBufferWriter<byte> _block = new(128);

    public ReadOnlySpan<byte> Written => _block.WrittenSpan;

    public void Reset() => _block.ResetWrittenCount();

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        WriteBlock(name);
        WriteBlock(value);
    }

    private void WriteBlock(ReadOnlySpan<byte> block)
    {
        var target = _block.GetSpan(Varint.BytesMax + block.Length);
        var length = Varint.Write(target, (ulong)block.Length);
        block.CopyTo(target[length..]);
        _block.Advance(length + block.Length);
    }
}

/// <summary>Walks a tag block: <c>while (tags.MoveNext()) … tags.Name, tags.Value</c>.</summary>
public ref struct TagsReader(ReadOnlySpan<byte> block)
{
    private readonly ReadOnlySpan<byte> _block = block;
    private int _at;

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <exception cref="CorruptFrameException">The block does not hold whole pairs.</exception>
    public bool MoveNext()
    {
        if (_at >= _block.Length) return false;
        Name = Varint.ReadBlock(_block, ref _at);
        Value = Varint.ReadBlock(_block, ref _at);
        return true;
    }

    /// <returns>False when no tag has this name; of several with the same name the first counts.</returns>
    public static bool TryFind(ReadOnlySpan<byte> block, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var tags = new TagsReader(block);
        while (tags.MoveNext())
        {
            if (!tags.Name.SequenceEqual(name)) continue;
            value = tags.Value;
            return true;
        }

        value = default;
        return false;
    }
}
