namespace Mesh.Protocols.Resp.Commands;

/// <summary>An id as XADD takes it: whole, or <c>ms-*</c>, whose number is the next free one of its millisecond.</summary>
internal readonly record struct WantedId(RingId Id, bool HasNumber)
{
    /// <summary>Below every id that an entry can have.</summary>
    public bool IsNone => HasNumber && Id == RingId.None;

    public static WantedId Parse(ReadOnlySpan<byte> text)
    {
        var isOpen = text.EndsWith("-*"u8);
        return new WantedId(StreamIds.Parse(isOpen ? text[..^2] : text, 0), !isOpen);
    }

    public RingId After(RingId last)
    {
        if (HasNumber) return Id;
        if (Id.Milliseconds == last.Milliseconds) return last.Next() is { } next && next.Milliseconds == Id.Milliseconds ? next : Id;
        return Id.Milliseconds == 0 ? new RingId(0, 1) : Id;
    }
}
