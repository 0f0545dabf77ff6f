namespace Mesh.Protocols.Resp.Tests;

public sealed class RespOptionsTests
{
    public static TheoryData<RespOptions, string> OutOfRange { get; } = new()
    {
        { new RespOptions { EventLoops = -1 }, "Resp:EventLoops must be 0 to 1024; it is -1." },
        { new RespOptions { BulkBytesMax = 1 }, "Resp:BulkBytesMax must be 1024 to 536870912; it is 1." },
        { new RespOptions { CommandBytesMax = 1 }, "Resp:CommandBytesMax must be 67108864 to 1073741824; it is 1." },
        { new RespOptions { ArgumentsMax = 2_000_000 }, "Resp:ArgumentsMax must be 16 to 1048576; it is 2000000." },
        { new RespOptions { ConnectionsMax = 0 }, "Resp:ConnectionsMax must be 1 to 1000000; it is 0." },
        { new RespOptions { SubscriptionsMax = 0 }, "Resp:SubscriptionsMax must be 1 to 10000000; it is 0." },
        { new RespOptions { ReplyBytesMax = 1 }, "Resp:ReplyBytesMax must be 65536 to 1073741824; it is 1." },
        { new RespOptions { SubscriberBytesMax = 1 }, "Resp:SubscriberBytesMax must be 65536 to 1073741824; it is 1." },
        { new RespOptions { SubscriberSoftBytesMax = 1 << 30 }, "Resp:SubscriberSoftBytesMax must be 65536 to 33554432; it is 1073741824." },
        { new RespOptions { SubscriberSoftTime = TimeSpan.FromHours(2) }, "Resp:SubscriberSoftTime must be 00:00:00 to 01:00:00; it is 02:00:00." },
    };

    [Fact]
    public void Defaults_are_in_range() => new RespOptions().Check();

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void What_is_out_of_range_is_named_with_its_range(RespOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(options.Check).Message);
}
