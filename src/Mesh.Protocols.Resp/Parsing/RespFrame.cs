using System.Buffers;

namespace Mesh.Protocols.Resp.Parsing;

/// <summary>
/// Reads commands: arrays of bulk strings (RESP2 specification, "Sending commands to a Redis server") and inline commands. A command that is not whole yet
/// is taken up where it was left, so many small pieces cost no more than one large one. Memory grows only with bytes that came. Not thread-safe.
/// </summary>
public sealed class RespFrame(RespOptions options) : IDisposable
{
    private const int InlineBytesMax = 64 * 1024;
    private const int HeaderBytesMax = 32;
    private const int PlacesKept = 64;

    private ArgumentPlace[] _places = new ArgumentPlace[PlacesKept];
    private ReadOnlyMemory<byte> _frame;
    private byte[] _copy = [];
    private int _argumentsLeft;
    private int _count;
    private int _read;
    private bool _inArray;

    /// <summary>The arguments of the command read last.</summary>
    public RespArguments Arguments => new(_frame.Span, _places.AsSpan(0, _count));

    /// <summary>Reads the next command and takes it off the front of <paramref name="buffer"/>; empty ones are skipped.</summary>
    /// <param name="buffer">All bytes that came and were not taken. While a command is not whole, the same bytes must come again, with more behind them.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="RespProtocolException">What is wrong, in Redis's words.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var reader = new SequenceReader<byte>(buffer);
            var isWhole = _inArray || IsArray(reader) ? TryReadArray(ref reader) : TryReadInline(ref reader);
            if (!isWhole)
            {
                if (buffer.Length > options.CommandBytesMax) throw new RespProtocolException("Protocol error: too big command");
                return false;
            }

            var length = reader.Consumed;
            if (_count > 0 && _frame.IsEmpty) _frame = Contiguous(buffer.Slice(0, length));
            buffer = buffer.Slice(length);
            _inArray = false;
            _read = 0;
            if (_count > 0) return true;
        }

        return false;
    }

    public void Dispose()
    {
        if (_copy.Length > 0) ArrayPool<byte>.Shared.Return(_copy);
        _copy = [];
    }

    private static bool IsArray(in SequenceReader<byte> reader) => reader.TryPeek(out var first) && first == '*';

    private bool TryReadArray(ref SequenceReader<byte> reader)
    {
        if (!_inArray && !TryBegin(ref reader)) return false;
        if (_argumentsLeft == 0)
        {
            reader.Advance(_read - reader.Consumed);
            return true;
        }

        reader.Advance(_read - reader.Consumed);
        while (_argumentsLeft > 0)
        {
            if (!TryReadArgument(ref reader)) return false;
            _read = (int)reader.Consumed;
            _argumentsLeft--;
        }

        return true;
    }

    private bool TryBegin(ref SequenceReader<byte> reader)
    {
        if (!TryReadNumber(ref reader, "Protocol error: invalid multibulk length", "Protocol error: too big mbulk count string", out var count)) return false;
        if (count > options.ArgumentsMax) throw new RespProtocolException("Protocol error: invalid multibulk length");
        _inArray = true;
        _count = 0;
        _frame = default;
        _argumentsLeft = (int)Math.Max(0, count);
        _read = (int)reader.Consumed;
        if (_places.Length > PlacesKept) _places = new ArgumentPlace[PlacesKept];
        return true;
    }

    private bool TryReadArgument(ref SequenceReader<byte> reader)
    {
        var header = (int)reader.Consumed;
        if (!reader.TryPeek(out var mark)) return false;
        if (mark != '$') throw new RespProtocolException($"Protocol error: expected '$', got '{Printable(mark)}'");
        if (!TryReadNumber(ref reader, "Protocol error: invalid bulk length", "Protocol error: too big bulk count string", out var length)) return false;
        if (length < 0 || length > options.BulkBytesMax) throw new RespProtocolException("Protocol error: invalid bulk length");
        if (reader.Remaining < length + 2) return false;
        if (_count == _places.Length) Array.Resize(ref _places, _places.Length * 2);
        _places[_count++] = new ArgumentPlace(header, (int)reader.Consumed, (int)length);
        reader.Advance(length + 2);
        return true;
    }

    /// <summary>Reads a mark, a number and the end of the line.</summary>
    private static bool TryReadNumber(ref SequenceReader<byte> reader, string invalid, string tooLong, out long number)
    {
        number = 0;
        var attempt = reader;
        if (!attempt.TryReadTo(out ReadOnlySpan<byte> line, (byte)'\n'))
            return attempt.Remaining > HeaderBytesMax ? throw new RespProtocolException(tooLong) : false;
        var digits = line[1..].TrimEnd((byte)'\r');
        if (!Numbers.TryParse(digits, out number)) throw new RespProtocolException(invalid);
        reader = attempt;
        return true;
    }

    private bool TryReadInline(ref SequenceReader<byte> reader)
    {
        if (!reader.TryReadTo(out ReadOnlySpan<byte> line, (byte)'\n'))
            return reader.Remaining > InlineBytesMax ? throw new RespProtocolException("Protocol error: too big inline request") : false;
        if (line.Length > InlineBytesMax) throw new RespProtocolException("Protocol error: too big inline request");
        var words = InlineWords.Split(line.TrimEnd((byte)'\r'), options.ArgumentsMax);
        _count = words.Count;
        _frame = words.Encode(ref _places);
        return true;
    }

    private ReadOnlyMemory<byte> Contiguous(in ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment) return frame.First;
        var length = (int)frame.Length;
        if (_copy.Length < length)
        {
            if (_copy.Length > 0) ArrayPool<byte>.Shared.Return(_copy);
            _copy = ArrayPool<byte>.Shared.Rent(length);
        }

        frame.CopyTo(_copy);
        return _copy.AsMemory(0, length);
    }

    private static char Printable(byte value) => value is >= 0x20 and < 0x7F ? (char)value : '?';
}
