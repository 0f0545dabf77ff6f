namespace Mesh.Protocols.Rotera;

/// <summary>Bounds of the rotera door; the defaults are those of the original with its default file (rotera specification, sections 2.2 to 2.5).</summary>
public sealed record RoteraOptions
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>Largest message taken, in bytes. Default 15,887; 1 to 16 MiB.</summary>
    public int MessageBytesMax { get; init; } = 15_887;

    /// <summary>Messages of one push. Default 62; 1 to 1,048,576.</summary>
    public int BatchMessagesMax { get; init; } = 62;

    /// <summary>Messages of one frame of a read or stream; who asks for more gets so many. Default 262,144; 1 to 1,048,576.</summary>
    public int FrameMessagesMax { get; init; } = 256 * 1024;

    /// <summary>Stored bytes after which a frame takes no further message. Default 64 MiB; 64 KiB to 1 GiB.</summary>
    public long FrameBytesMax { get; init; } = 64 * Mebibyte;

    /// <summary>Bytes of all pushes of the process that no commit has followed yet; beyond it a push is committed at once. Default 64 MiB; 1 MiB to 1 GiB.</summary>
    public long StagedBytesMax { get; init; } = 64 * Mebibyte;

    /// <summary>The first push to an unknown number makes its ring. Default true; false closes the connection, as the original does.</summary>
    public bool CreatesRings { get; init; } = true;

    /// <summary>Messages that a ring made here keeps. Default 1,022; from 1.</summary>
    public long RingMessages { get; init; } = 1022;

    /// <summary>Bytes that a ring made here keeps. Default 1 MiB; from 4 KiB.</summary>
    public long RingBytes { get; init; } = Mebibyte;

    /// <summary>How long clients may still ask once the server stops. Default 1 s; 0 to 60 s.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">A value is out of its range; the message names the key.</exception>
    public void Check()
    {
        Check(nameof(MessageBytesMax), MessageBytesMax, 1, 16 * Mebibyte);
        Check(nameof(BatchMessagesMax), BatchMessagesMax, 1, Mebibyte);
        Check(nameof(FrameMessagesMax), FrameMessagesMax, 1, Mebibyte);
        Check(nameof(FrameBytesMax), FrameBytesMax, 64 * 1024, 1024 * Mebibyte);
        Check(nameof(StagedBytesMax), StagedBytesMax, Mebibyte, 1024 * Mebibyte);
        Check(nameof(RingMessages), RingMessages, 1, long.MaxValue);
        Check(nameof(RingBytes), RingBytes, 4096, long.MaxValue);
        if (Farewell < TimeSpan.Zero || Farewell > TimeSpan.FromSeconds(60)) throw new ArgumentException($"Rotera:{nameof(Farewell)} must be 0 to 60 s; it is {Farewell}.");
    }

    private static void Check(string key, long value, long least, long most)
    {
        if (value < least || value > most) throw new ArgumentException($"Rotera:{key} must be {least} to {most}; it is {value}.");
    }
}
