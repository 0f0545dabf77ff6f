namespace Mesh.Protocols.Grpc.Tests;

public sealed class GrpcOptionsTests
{
    public static TheoryData<GrpcOptions, string> OutOfRange => new()
    {
        { new GrpcOptions { MessageBytesMax = 1023 }, "Grpc:MessageBytesMax must be 1024 to 16777216; it is 1023." },
        { new GrpcOptions { SegmentBytesMax = 1 }, "Grpc:SegmentBytesMax" },
        { new GrpcOptions { BusyWaitMax = TimeSpan.FromMinutes(6) }, "Grpc:BusyWaitMax" },
        { new GrpcOptions { PatternBytesMax = 0 }, "Grpc:PatternBytesMax" },
        { new GrpcOptions { TopicBytesMax = 65_537 }, "Grpc:TopicBytesMax" },
        { new GrpcOptions { CallsMax = 0 }, "Grpc:CallsMax" },
    };

    [Fact]
    public void The_defaults_are_within_their_ranges() => new GrpcOptions().Check();

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_value_out_of_its_range_is_refused_by_its_key(GrpcOptions options, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(options.Check).Message, StringComparison.Ordinal);
}
