using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Tests.Framing;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("1H", 3600_000_000_0L)]
    [InlineData("2M", 120_000_000_0L)]
    [InlineData("3S", 3_000_000_0L)]
    [InlineData("4m", 4_000_0L)]
    [InlineData("5u", 50L)]
    [InlineData("699n", 6L)]
    [InlineData("0S", 0L)]
    [InlineData("00000001S", 1_000_000_0L)]
    public void A_timeout_is_digits_and_a_unit(string text, long ticks) => Assert.Equal(TimeSpan.FromTicks(ticks), GrpcTimeout.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("1 S")]
    [InlineData("+1S")]
    [InlineData("123456789S")]
    public void Anything_else_is_no_timeout(string text) => Assert.Null(GrpcTimeout.Parse(text));

    [Fact]
    public void A_timeout_beyond_what_a_timer_takes_is_cut() => Assert.Equal(GrpcTimeout.Max, GrpcTimeout.Parse("99999999H"));

    [Theory]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("ü", "%C3%BC")]
    public void A_status_message_is_percent_encoded(string text, string encoded) => Assert.Equal(encoded, StatusMessage.Encode(text));

    [Fact]
    public void A_long_status_message_is_cut_between_its_characters()
    {
        var encoded = StatusMessage.Encode(new string('ü', 5000));
        Assert.InRange(encoded.Length, StatusMessage.BytesMax, StatusMessage.BytesMax + 12);
        Assert.Equal(new string('ü', encoded.Length / 6), Uri.UnescapeDataString(encoded));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("Application/GRPC+Proto; charset=utf-8", true)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/grpcx", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void The_content_type_is_grpc_with_protobuf(string? contentType, bool expected) => Assert.Equal(expected, GrpcHeaders.IsGrpc(contentType));
}
