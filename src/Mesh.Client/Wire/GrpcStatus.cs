using System.Globalization;
using Google.Protobuf;

namespace Mesh.Client.Wire;

/// <summary>Reads how a call ended: from the trailers, or from the headers when nothing else was sent.</summary>
internal static class GrpcStatus
{
    private const string TypeOfInfo = "type.googleapis.com/google.rpc.ErrorInfo";

    /// <returns>Null when it ended well.</returns>
    public static MeshException? Of(HttpResponseMessage response)
    {
        var headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        if (!headers.TryGetValues("grpc-status", out var codes)) return new MeshException(MeshStatus.Unavailable, "The server ended the call without a status.");
        if (!int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)) return new MeshException(MeshStatus.Unknown, $"The server's status is no number: {codes.First()}.");
        if (code == 0) return null;
        var message = headers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.First()) : "The server gave no reason.";
        var reason = headers.TryGetValues("grpc-status-details-bin", out var details) ? ReasonOf(details.First()) : "";
        return new MeshException((MeshStatus)code, message, reason);
    }

    /// <summary>The reason of the <c>ErrorInfo</c> within an encoded <c>google.rpc.Status</c>; empty when there is none.</summary>
    private static string ReasonOf(string details)
    {
        try
        {
            var status = Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '='));
            foreach (var (field, value) in Fields(status))
            {
                if (field != 3) continue;
                var any = Google.Protobuf.WellKnownTypes.Any.Parser.ParseFrom(value);
                if (any.TypeUrl == TypeOfInfo) return Fields(any.Value.ToByteArray()).FirstOrDefault(each => each.Field == 1).Value?.ToStringUtf8() ?? "";
            }
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidProtocolBufferException)
        {
            // What the server says beside its message is not worth another failure.
        }

        return "";
    }

    /// <summary>The fields of a message that are bytes.</summary>
    private static List<(int Field, ByteString? Value)> Fields(byte[] message)
    {
        var fields = new List<(int, ByteString?)>();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if ((tag & 7) == 2) fields.Add(((int)(tag >> 3), input.ReadBytes()));
            else input.SkipLastField();
        }

        return fields;
    }
}
