using System.Text.Unicode;
using Mesh.Frames;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>How a field's value is encoded (Protocol Buffers, "Message Structure").</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5,
}

/// <summary>Walks the fields of one encoded message where they lie, known or not. Allocates nothing.</summary>
/// <remarks>Malformed bytes throw <see cref="CorruptFrameException"/> or, for what only protobuf forbids, <see cref="GrpcException"/> with INVALID_ARGUMENT.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    /// <summary>Groups within groups; deeper ones are refused.</summary>
    public const int GroupDepthMax = 64;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    public int Number { get; private set; }

    public WireType Type { get; private set; }

    /// <summary>The value of a <see cref="WireType.Length"/> field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a <see cref="WireType.Varint"/> field.</summary>
    public ulong Varint { get; private set; }

    /// <summary>Where the field's tag starts.</summary>
    public int Start { get; private set; }

    /// <summary>Where the next field starts.</summary>
    public readonly int End => _at;

    /// <summary>A field of this number in the encoding that its type has; others of the number are unknown fields.</summary>
    public readonly bool Is(int number, WireType type) => Number == number && Type == type;

    /// <returns>False at the end of the message.</returns>
    public bool MoveNext()
    {
        if (_at == _message.Length) return false;
        Start = _at;
        ReadTag();
        if (Type == WireType.GroupEnd) throw Invalid($"field {Number} ends a group that was not started");
        ReadValue(GroupDepthMax);
        return true;
    }

    public static GrpcException Invalid(string what) => new(StatusCode.InvalidArgument, $"The message is no valid protobuf: {what}.");

    /// <summary>The value of a string field.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes, string what) =>
        Utf8.IsValid(bytes) ? bytes : throw Invalid($"{what} is not UTF-8");

    private void ReadTag()
    {
        var tag = Frames.Varint.Read(_message, ref _at);
        if (tag > uint.MaxValue || tag < 8) throw Invalid($"{tag} is no tag of a field");
        Number = (int)(tag >> 3);
        Type = (WireType)(tag & 7);
    }

    private void ReadValue(int depth)
    {
        switch (Type)
        {
            case WireType.Varint:
                Varint = Frames.Varint.Read(_message, ref _at);
                break;
            case WireType.Length:
                Bytes = Frames.Varint.ReadBlock(_message, ref _at);
                break;
            case WireType.Fixed64:
                Skip(sizeof(ulong));
                break;
            case WireType.Fixed32:
                Skip(sizeof(uint));
                break;
            case WireType.GroupStart:
                SkipGroup(depth);
                break;
            default:
                throw Invalid($"field {Number} has the unknown wire type {(int)Type}");
        }
    }

    private void Skip(int bytes)
    {
        if (_message.Length - _at < bytes) throw Invalid($"it ends within field {Number}");
        _at += bytes;
    }

    private void SkipGroup(int depth)
    {
        var group = Number;
        if (depth == 0) throw Invalid($"groups lie deeper than {GroupDepthMax}");
        while (true)
        {
            ReadTag();
            if (Type == WireType.GroupEnd) break;
            ReadValue(depth - 1);
        }

        if (Number != group) throw Invalid($"field {Number} ends the group of field {group}");
        Type = WireType.GroupStart;
    }
}
