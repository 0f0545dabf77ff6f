using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>What a subscriber asks for.</summary>
/// <param name="Topics">Python regular expressions; none means every topic.</param>
/// <param name="HistoryDepth">0 (live events only) to <see cref="IPartition.HistoryDepthMax"/>.</param>
internal sealed record SubscriptionRequest(IReadOnlyList<string> Topics, int HistoryDepth)
{
    private const int TopicsField = 1;
    private const int OptionsField = 2;
    private const int HistoryDepthField = 1;

    /// <exception cref="GrpcException">INVALID_ARGUMENT: the bytes are no request, or a value is out of its bounds.</exception>
    public static SubscriptionRequest Parse(ReadOnlySpan<byte> message, int patternBytesMax)
    {
        try
        {
            return Walk(message, patternBytesMax);
        }
        catch (CorruptFrameException wrong)
        {
            throw ProtobufReader.Invalid(wrong.Message.TrimEnd('.'));
        }
    }

    private static SubscriptionRequest Walk(ReadOnlySpan<byte> message, int patternBytesMax)
    {
        var topics = new List<string>();
        var patternBytes = 0;
        var historyDepth = 0;
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            if (fields.Is(TopicsField, WireType.Length))
            {
                // An empty pattern counts too, so that the list itself is bounded.
                patternBytes += fields.Bytes.Length + 1;
                if (patternBytes > patternBytesMax)
                    throw new GrpcException(StatusCode.InvalidArgument, $"The patterns of a subscription may have at most {patternBytesMax} bytes together, one more for each.");
                topics.Add(Encoding.UTF8.GetString(ProtobufReader.Text(fields.Bytes, "a pattern")));
            }
            else if (fields.Is(OptionsField, WireType.Length))
            {
                historyDepth = HistoryDepthOf(fields.Bytes, historyDepth);
            }
        }

        return historyDepth is >= 0 and <= IPartition.HistoryDepthMax
            ? new SubscriptionRequest(topics, historyDepth)
            : throw new GrpcException(
                StatusCode.InvalidArgument, $"history_depth must be 0 to {IPartition.HistoryDepthMax}; it is {historyDepth}.");
    }

    private static int HistoryDepthOf(ReadOnlySpan<byte> options, int absent)
    {
        var fields = new ProtobufReader(options);
        while (fields.MoveNext())
        {
            if (fields.Is(HistoryDepthField, WireType.Varint)) absent = unchecked((int)fields.Varint);
        }

        return absent;
    }
}
