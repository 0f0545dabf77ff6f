using Mesh.Frames;
using Xunit;

namespace Mesh.Tests.Frames;

public sealed class VarintTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(300, "AC02")]
    [InlineData(16383, "FF7F")]
    [InlineData(16384, "808001")]
    [InlineData(long.MaxValue, "FFFFFFFFFFFFFFFF7F")]
    [InlineData(ulong.MaxValue, "FFFFFFFFFFFFFFFFFF01")]
    public void Golden_bytes(ulong value, string hex)
    {
        Span<byte> target = stackalloc byte[Varint.BytesMax];
        var written = Varint.Write(target, value);
        Assert.Equal(hex, Convert.ToHexString(target[..written]));
        Assert.Equal(written, Varint.Length(value));
        var at = 0;
        Assert.Equal(value, Varint.Read(target[..written], ref at));
        Assert.Equal(written, at);
    }

    [Fact]
    public void Every_power_of_two_and_its_neighbours_come_back()
    {
        Span<byte> target = stackalloc byte[Varint.BytesMax + 1];
        for (var bit = 0; bit < 64; bit++)
        {
            foreach (var value in new[] { (1UL << bit) - 1, 1UL << bit, (1UL << bit) + 1 })
            {
                var written = Varint.Write(target[1..], value);
                Assert.Equal(written, Varint.Length(value));
                var at = 1;
                Assert.Equal(value, Varint.Read(target, ref at));
                Assert.Equal(1 + written, at);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFFFF02")]
    [InlineData("FFFFFFFFFFFFFFFFFF81")]
    [InlineData("8080808080808080808000")]
    public void A_number_cut_short_or_too_long_is_refused(string hex) =>
        Assert.Throws<CorruptFrameException>(() =>
        {
            var at = 0;
            return Varint.Read(Convert.FromHexString(hex), ref at);
        });

    [Theory]
    [InlineData("00", "")]
    [InlineData("02ABCD", "ABCD")]
    public void A_block_is_the_bytes_it_counts(string hex, string block)
    {
        var at = 0;
        Assert.Equal(block, Convert.ToHexString(Varint.ReadBlock(Convert.FromHexString(hex), ref at)));
        Assert.Equal(hex.Length / 2, at);
    }

    [Theory]
    [InlineData("")]
    [InlineData("02AB")]
    [InlineData("FFFFFFFFFFFFFFFFFF01AB")]
    [InlineData("8080808008AB")]
    public void A_block_that_claims_more_than_there_is_is_refused(string hex) =>
        Assert.Throws<CorruptFrameException>(() =>
        {
            var at = 0;
            return Varint.ReadBlock(Convert.FromHexString(hex), ref at).Length;
        });
}
