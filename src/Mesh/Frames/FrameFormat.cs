namespace Mesh.Frames;

/// <summary>Sizes and marks of FORMAT.md, version 1.</summary>
public static class FrameFormat
{
    public const uint SegmentMarker = 0x8000_0001;
    public const int SegmentHeaderBytes = 16;
    public const uint BatchMagic = 0x3142_534D;
    public const int BatchHeaderBytes = 36;
    public const int BatchHeaderWithIdBytes = 52;

    /// <summary>Bytes of one record's length and flags.</summary>
    public const int RecordOverheadBytesMin = 5;

    /// <summary>Largest segment that any store takes, in bytes, header included.</summary>
    public const int SegmentBytesMax = 64 * 1024 * 1024;

    internal const uint BatchFlagRingId = 1;
    internal const byte FlagKey = 1;
    internal const byte FlagProducer = 2;
    internal const byte FlagContentType = 4;
    internal const byte FlagTags = 8;
    internal const byte FlagTtl = 16;
    internal const byte FlagDelay = 32;
    internal const byte FlagRingId = 64;
    internal const byte FlagsReserved = 128;
}

/// <summary>Bytes that should be a frame are not: damaged, cut short, or of a later version.</summary>
public sealed class CorruptFrameException(string message) : Exception(message);
