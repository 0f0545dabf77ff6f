using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Topics;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>What a subscriber asks for.</summary>
/// <param name="Topics">Python regular expressions; none means every topic.</param>
/// <param name="Start">With what it begins.</param>
/// <param name="WithPositions">Events come with their partitions and sequences.</param>
internal sealed record SubscriptionRequest(IReadOnlyList<string> Topics, TopicStart Start, bool WithPositions)
{
    /// <summary>Positions that one request may name.</summary>
    public const int PositionsMax = 10_000;

    private const int TopicsField = 1;
    private const int OptionsField = 2;
    private const int HistoryDepthField = 1;
    private const int FromSequenceField = 1001;
    private const int FromTimeField = 1002;
    private const int FromField = 1003;
    private const int PositionsField = 1004;

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
        var start = new StartFields();
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            if (fields.Is(TopicsField, WireType.Length))
            {
                // An empty pattern counts too, so that the list itself is bounded.
                patternBytes += fields.Bytes.Length + 1;
                if (patternBytes > patternBytesMax)
                    throw Wrong($"The patterns of a subscription may have at most {patternBytesMax} bytes together, one more for each.");
                topics.Add(Encoding.UTF8.GetString(ProtobufReader.Text(fields.Bytes, "a pattern")));
            }
            else if (fields.Is(OptionsField, WireType.Length))
            {
                start.Read(fields.Bytes);
            }
        }

        return new SubscriptionRequest(topics, start.ToStart(), start.WithPositions);
    }

    private static GrpcException Wrong(string what) => new(StatusCode.InvalidArgument, what);

    /// <summary>The options as they come, the last of each counting.</summary>
    private sealed class StartFields
    {
        private readonly Dictionary<StreamName, Sequence> _positions = [];
        private int _historyDepth;
        private long _fromSequence;
        private RecordTime? _fromTime;

        public bool WithPositions { get; private set; }

        public void Read(ReadOnlySpan<byte> options)
        {
            var fields = new ProtobufReader(options);
            while (fields.MoveNext())
            {
                if (fields.Is(HistoryDepthField, WireType.Varint)) _historyDepth = unchecked((int)fields.Varint);
                else if (fields.Is(FromSequenceField, WireType.Varint)) _fromSequence = unchecked((long)fields.Varint);
                else if (fields.Is(FromTimeField, WireType.Length)) _fromTime = TimestampField.Read(fields.Bytes);
                else if (fields.Is(FromField, WireType.Length)) AddPosition(fields.Bytes);
                else if (fields.Is(PositionsField, WireType.Varint)) WithPositions = fields.Varint != 0;
            }
        }

        public TopicStart ToStart()
        {
            if (_historyDepth is < 0 or > IPartition.HistoryDepthMax) throw Wrong($"history_depth must be 0 to {IPartition.HistoryDepthMax}; it is {_historyDepth}.");
            if (_fromSequence < 0) throw Wrong($"from_sequence must be 0 (none) or a sequence, which are from 1 on; it is {_fromSequence}.");
            var ways = (_historyDepth > 0 ? 1 : 0) + (_fromSequence > 0 ? 1 : 0) + (_fromTime is null ? 0 : 1);
            if (ways > 1) throw Wrong("history_depth, from_sequence and from_time say different beginnings; give one of them.");
            return new TopicStart
            {
                HistoryDepth = _historyDepth,
                From = _fromSequence > 0 ? new Sequence(_fromSequence) : null,
                FromTime = _fromTime,
                Positions = _positions,
            };
        }

        private void AddPosition(ReadOnlySpan<byte> position)
        {
            var partition = "";
            long sequence = 0;
            var fields = new ProtobufReader(position);
            while (fields.MoveNext())
            {
                if (fields.Is(1, WireType.Length)) partition = Encoding.UTF8.GetString(ProtobufReader.Text(fields.Bytes, "a partition's name"));
                else if (fields.Is(2, WireType.Varint)) sequence = unchecked((long)fields.Varint);
            }

            if (partition.Length == 0 || sequence < 1) throw Wrong($"from: a position is the name of a partition and a sequence from 1 on; this one is '{partition}' and {sequence}.");
            if (_positions.Count == PositionsMax) throw Wrong($"from: at most {PositionsMax} positions can be named.");
            _positions[StreamName.Partition(partition)] = new Sequence(sequence);
        }
    }
}
