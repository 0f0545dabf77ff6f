using System.Buffers;
using System.Buffers.Binary;

namespace Mesh.Protocols.Rotera;

/// <summary>The header of a request (rotera specification, section 2.1). Fields that its operation does not use hold anything.</summary>
/// <param name="Operation">One of <see cref="RoteraWords"/>, or unknown.</param>
/// <param name="Queue">Number of the queue.</param>
/// <param name="Count">Messages of a push; most messages of one frame of a read or stream.</param>
/// <param name="First">Id to read from; negative reads from the oldest.</param>
/// <param name="Total">Messages of a stream; a negative number counts as none.</param>
internal readonly record struct RoteraRequest(ulong Operation, uint Queue, uint Count, long First, long Total)
{
    public const int Bytes = 32;

    /// <param name="header">Exactly <see cref="Bytes"/>.</param>
    public static RoteraRequest Read(in ReadOnlySequence<byte> header)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        header.CopyTo(bytes);
        return new RoteraRequest(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
    }
}

/// <summary>The numbers that stand for operations and for the state of the server.</summary>
internal static class RoteraWords
{
    public const ulong Push = 0x70bbf8926f2a1ec6;
    public const ulong Ping = 0x44adba9e22c5cf56;
    public const ulong Commit = 0xfc54160306bf77d4;
    public const ulong Read = 0x7a23663364b9d865;
    public const ulong Stream = 0xbd4a8ffdc74673dd;

    /// <summary>Begins an answer.</summary>
    public const ulong Alive = 0x6063977ea508edcc;

    /// <summary>Begins an answer of a server that stops: the client should finish and close.</summary>
    public const ulong ShuttingDown = 0x024d91a955128d3a;
}
