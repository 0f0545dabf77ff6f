using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>What an <c>AppendRequest</c>, or the first <c>AppendStreamRequest</c> of a call, says beside its records.</summary>
/// <param name="Project">The tenant; empty for the default.</param>
/// <param name="Address">The stream.</param>
/// <param name="DedupeId">Unary: the append's id; empty without one.</param>
/// <param name="ProducerId">Streaming: the producer; 0 without one.</param>
/// <param name="FirstNumber">Streaming: number of the first record.</param>
/// <param name="MustExist">A missing stream is not created.</param>
internal sealed record AppendHead(string Project, string Address, ReadOnlyMemory<byte> DedupeId, ulong ProducerId, long FirstNumber, bool MustExist)
{
    /// <summary>Of a whole <c>AppendRequest</c>.</summary>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: the bytes are no such message.</exception>
    public static AppendHead Parse(ReadOnlySpan<byte> message)
    {
        var head = Texts(message);
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            if (fields.Is(AppendFields.UnaryDedupeId, WireType.Length)) head = head with { DedupeId = fields.Bytes.ToArray() };
            else if (fields.Is(AppendFields.UnaryMustExist, WireType.Varint)) head = head with { MustExist = fields.Varint != 0 };
        }

        return head;
    }

    /// <summary>Of the first <c>AppendStreamRequest</c>.</summary>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: the bytes are no such message, or number records from before 1.</exception>
    public static AppendHead ParseStream(ReadOnlySpan<byte> message)
    {
        var head = Texts(message);
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            if (fields.Is(AppendFields.ProducerId, WireType.Fixed64)) head = head with { ProducerId = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(message[(fields.End - 8)..]) };
            else if (fields.Is(AppendFields.FirstNumber, WireType.Varint)) head = head with { FirstNumber = (long)fields.Varint };
            else if (fields.Is(AppendFields.MustExist, WireType.Varint)) head = head with { MustExist = fields.Varint != 0 };
        }

        if (head.FirstNumber is < 0 or > long.MaxValue / 2) throw Names.Wrong($"first_number must be 0 to {long.MaxValue / 2}; it is {head.FirstNumber}.");
        return head.FirstNumber == 0 ? head with { FirstNumber = 1 } : head;
    }

    /// <summary>Sees too that the whole message can be walked.</summary>
    private static AppendHead Texts(ReadOnlySpan<byte> message)
    {
        try
        {
            return WalkTexts(message);
        }
        catch (CorruptFrameException wrong)
        {
            throw ProtobufReader.Invalid(wrong.Message.TrimEnd('.'));
        }
    }

    private static AppendHead WalkTexts(ReadOnlySpan<byte> message)
    {
        var head = new AppendHead("", "", default, 0, 0, false);
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            if (fields.Is(AppendFields.Project, WireType.Length)) head = head with { Project = Encoding.UTF8.GetString(ProtobufReader.Text(fields.Bytes, "project")) };
            else if (fields.Is(AppendFields.Stream, WireType.Length)) head = head with { Address = Encoding.UTF8.GetString(ProtobufReader.Text(fields.Bytes, "stream")) };
        }

        return head;
    }
}
