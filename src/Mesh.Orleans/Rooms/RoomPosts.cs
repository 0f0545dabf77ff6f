using System.Buffers.Binary;

namespace Mesh.Orleans.Rooms;

/// <summary>Messages on their way to a room, those of one call of a sender, marked so that whoever gets them twice knows it.</summary>
/// <param name="Sender">The process that publishes.</param>
/// <param name="First">Number of the first; each of the others has the next. Numbers rise from message to message of a sender.</param>
/// <param name="Count">How many.</param>
/// <param name="Bytes">Each message behind its length, an int32 in little endian: one buffer, so that they cross as one.</param>
[GenerateSerializer, Immutable]
public sealed record RoomPosts([property: Id(0)] ulong Sender, [property: Id(1)] long First, [property: Id(2)] int Count, [property: Id(3)] ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Bytes before each message.</summary>
    internal const int PrefixBytes = sizeof(int);

    /// <summary>Number of the last.</summary>
    internal long Last => First + Count - 1;

    /// <summary>Takes the first message off the rest.</summary>
    internal static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var message = rest.Slice(PrefixBytes, length);
        rest = rest[(PrefixBytes + length)..];
        return message;
    }
}
