using System.Buffers;
using System.Text;
using Mesh.Protocols.Resp.Parsing;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Parsing;

public sealed class RespFrameTests
{
    private const string Several = "*2\r\n$4\r\nECHO\r\n$5\r\na\r\nb\0\r\n*0\r\n*-1\r\n\r\nPING  'a b' \"\\x41\\n\"\r\n*1\r\n$0\r\n\r\n*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$2\r\nxx\r\n";

    private static readonly string[][] Expected = [["ECHO", "a\r\nb\0"], ["PING", "a b", "A\n"], [""], ["PUBLISH", "c", "xx"]];

    [Fact]
    public void Every_frame_is_read_at_every_split()
    {
        var bytes = Encoding.Latin1.GetBytes(Several);
        for (var split = 1; split < bytes.Length; split++) Assert.Equal(Expected, ReadGrowing(bytes, [split, bytes.Length]));
        Assert.Equal(Expected, ReadGrowing(bytes, Enumerable.Range(1, bytes.Length)));
    }

    [Fact]
    public void Every_frame_is_read_from_pieces_of_any_size()
    {
        var bytes = Encoding.Latin1.GetBytes(Several);
        for (var size = 1; size <= bytes.Length; size++)
        {
            using var frame = new RespFrame(new RespOptions());
            var buffer = Pieces.Of(bytes, size);
            Assert.Equal(Expected, ReadAll(frame, ref buffer));
            Assert.True(buffer.IsEmpty);
        }
    }

    [Theory]
    [InlineData("*x\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*1048577\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*99999999999999999999\r\n", "Protocol error: invalid multibulk length")]
    [InlineData("*1\r\n$-1\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$x\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$4294967296\r\n", "Protocol error: invalid bulk length")]
    [InlineData("*1\r\n:1\r\n", "Protocol error: expected '$', got ':'")]
    [InlineData("PING 'a\r\n", "Protocol error: unbalanced quotes in request")]
    [InlineData("PING \"a\"b\r\n", "Protocol error: unbalanced quotes in request")]
    public void Broken_frames_are_refused_in_the_words_of_redis(string request, string message)
    {
        using var frame = new RespFrame(new RespOptions());
        var reason = Assert.Throws<RespProtocolException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(request));
            frame.TryRead(ref buffer);
        });
        Assert.Equal(message, reason.Message);
    }

    [Fact]
    public void An_endless_inline_request_or_length_is_refused()
    {
        using var frame = new RespFrame(new RespOptions());
        foreach (var endless in new[] { new string('a', 70_000), "*" + new string('1', 100), "*1\r\n$" + new string('1', 100) })
        {
            Assert.Throws<RespProtocolException>(() =>
            {
                var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(endless));
                using var fresh = new RespFrame(new RespOptions());
                fresh.TryRead(ref buffer);
            });
        }
    }

    [Fact]
    public void A_large_count_takes_no_memory_before_its_arguments_come()
    {
        var bytes = "*1000000\r\n$1\r\na\r\n"u8.ToArray();
        using var warm = new RespFrame(new RespOptions());
        var buffer = new ReadOnlySequence<byte>(bytes);
        warm.TryRead(ref buffer);
        using var frame = new RespFrame(new RespOptions());
        var before = GC.GetAllocatedBytesForCurrentThread();
        buffer = new ReadOnlySequence<byte>(bytes);
        Assert.False(frame.TryRead(ref buffer));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void Reading_a_command_again_and_again_allocates_nothing()
    {
        var bytes = RespWire.Encode("PUBLISH", "room", "message");
        using var frame = new RespFrame(new RespOptions());
        var first = new ReadOnlySequence<byte>(bytes);
        frame.TryRead(ref first);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            var buffer = new ReadOnlySequence<byte>(bytes);
            frame.TryRead(ref buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void No_bytes_at_all_do_more_than_refuse()
    {
        var random = new Random(11);
        var alphabet = "*$:+-0129\r\n\"'\\ aPING\0\xFF"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
            using var frame = new RespFrame(new RespOptions());
            var buffer = new ReadOnlySequence<byte>(bytes);
            try
            {
                ReadAll(frame, ref buffer);
            }
            catch (RespProtocolException)
            {
                // Refused, which is all that may happen.
            }
        }
    }

    /// <summary>Shows a reader the first bytes, then more, as a connection does.</summary>
    private static List<string[]> ReadGrowing(byte[] bytes, IEnumerable<int> lengths)
    {
        using var frame = new RespFrame(new RespOptions());
        var commands = new List<string[]>();
        var taken = 0;
        foreach (var length in lengths)
        {
            var buffer = new ReadOnlySequence<byte>(bytes, taken, length - taken);
            commands.AddRange(ReadAll(frame, ref buffer));
            taken = length - (int)buffer.Length;
        }

        Assert.Equal(bytes.Length, taken);
        return commands;
    }

    private static List<string[]> ReadAll(RespFrame frame, ref ReadOnlySequence<byte> buffer)
    {
        var commands = new List<string[]>();
        while (frame.TryRead(ref buffer))
        {
            var words = new string[frame.Arguments.Count];
            for (var i = 0; i < words.Length; i++) words[i] = Encoding.Latin1.GetString(frame.Arguments[i]);
            commands.Add(words);
        }

        return commands;
    }
}
