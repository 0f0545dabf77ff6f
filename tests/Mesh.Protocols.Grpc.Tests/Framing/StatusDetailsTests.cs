using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Tests.Framing;

public sealed class StatusDetailsTests
{
    [Fact]
    public void Programs_read_the_reason_its_facts_and_when_to_try_again()
    {
        var details = new StatusDetails("BUSY", TimeSpan.FromMilliseconds(1_500), ("bytes_max", "77"));
        var fields = EncodedFields.Of(Unpad(details.Encode(new GrpcStatus(StatusCode.ResourceExhausted, "Wait."))));
        Assert.Equal(8UL, fields[0]);
        Assert.Equal("Wait.", Text(fields[1]));
        var info = Any.Parser.ParseFrom((ByteString)fields[2]);
        Assert.Equal("type.googleapis.com/google.rpc.ErrorInfo", info.TypeUrl);
        var facts = EncodedFields.Of(info.Value);
        Assert.Equal(["BUSY", "mesh"], facts.Take(2).Select(Text));
        Assert.Equal(["bytes_max", "77"], EncodedFields.Of((ByteString)facts[2]).Select(Text));
        var retry = Any.Parser.ParseFrom((ByteString)fields[3]);
        Assert.Equal("type.googleapis.com/google.rpc.RetryInfo", retry.TypeUrl);
        Assert.Equal(TimeSpan.FromMilliseconds(1_500), Duration.Parser.ParseFrom((ByteString)EncodedFields.Of(retry.Value)[0]).ToTimeSpan());
    }

    private static ByteString Unpad(string value)
    {
        Assert.DoesNotContain("=", value, StringComparison.Ordinal);
        return ByteString.CopyFrom(Convert.FromBase64String(value + new string('=', (4 - (value.Length % 4)) % 4)));
    }

    private static string Text(object field) => ((ByteString)field).ToStringUtf8();
}
