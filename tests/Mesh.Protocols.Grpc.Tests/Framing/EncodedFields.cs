using Google.Protobuf;

namespace Mesh.Protocols.Grpc.Tests.Framing;

/// <summary>Reads messages whose files are not at hand.</summary>
internal static class EncodedFields
{
    /// <summary>Values in the order of the message: numbers and bytes.</summary>
    public static List<object> Of(ByteString message)
    {
        var values = new List<object>();
        using var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0) values.Add((tag & 7) == 0 ? input.ReadUInt64() : input.ReadBytes());
        return values;
    }
}
