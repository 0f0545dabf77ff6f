using System.Text;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Tests.Connections;

public sealed class RespBufferTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1234567, 8)]
    [InlineData(12345678, 9)]
    [InlineData(1_700_000_000_000, 42)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    public void An_id_is_a_bulk_string_of_its_length(ulong milliseconds, ulong number)
    {
        using var buffer = new RespBuffer();
        buffer.ArrayHeader(2);
        buffer.Id(new RingId(milliseconds, number));
        buffer.Integer(7);
        var id = $"{milliseconds}-{number}";
        Assert.Equal($"*2\r\n${id.Length}\r\n{id}\r\n:7\r\n", Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void Ids_find_room_wherever_the_buffer_ends()
    {
        using var buffer = new RespBuffer();
        var expected = new StringBuilder();
        for (ulong i = 0; i < 2000; i++)
        {
            buffer.Id(new RingId(i * i, i));
            var id = $"{i * i}-{i}";
            expected.Append($"${id.Length}\r\n{id}\r\n");
        }

        Assert.Equal(expected.ToString(), Encoding.UTF8.GetString(buffer.Written));
    }
}
