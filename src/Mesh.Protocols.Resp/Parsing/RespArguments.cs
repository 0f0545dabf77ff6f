namespace Mesh.Protocols.Resp.Parsing;

/// <summary>The arguments of one command where they lie, its name first. Valid until the next command is read.</summary>
public readonly ref struct RespArguments
{
    private readonly ReadOnlySpan<byte> _frame;
    private readonly ReadOnlySpan<ArgumentPlace> _places;

    internal RespArguments(ReadOnlySpan<byte> frame, ReadOnlySpan<ArgumentPlace> places)
    {
        _frame = frame;
        _places = places;
    }

    public int Count => _places.Length;

    public ReadOnlySpan<byte> this[int index] => _frame.Slice(_places[index].Offset, _places[index].Length);

    public RespArguments From(int index) => new(_frame, _places[index..]);

    /// <summary>The arguments from <paramref name="index"/> on as they came over the wire, each with its header.</summary>
    public ReadOnlySpan<byte> WireFrom(int index)
    {
        var last = _places[^1];
        return _frame[_places[index].HeaderOffset..(last.Offset + last.Length + 2)];
    }

    internal int HeaderOffset(int index) => _places[index].HeaderOffset;

    internal ArgumentPlace PlaceOf(int index) => _places[index];

    /// <summary>Compares an argument with a word in upper case, whatever its own case.</summary>
    public bool Is(int index, ReadOnlySpan<byte> upperCase) => System.Text.Ascii.EqualsIgnoreCase(this[index], upperCase);

    public string Text(int index) => System.Text.Encoding.UTF8.GetString(this[index]);
}

/// <summary>Where an argument lies in its frame.</summary>
internal readonly record struct ArgumentPlace(int HeaderOffset, int Offset, int Length)
{
    public ArgumentPlace MovedBack(int by) => new(HeaderOffset - by, Offset - by, Length);
}
