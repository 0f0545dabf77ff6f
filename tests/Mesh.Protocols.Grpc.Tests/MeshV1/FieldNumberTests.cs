using System.Reflection;
using Google.Protobuf.Reflection;
using Mesh.Protocols.Grpc.MeshV1;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>What is read and written by hand is what the .proto says.</summary>
public sealed class FieldNumberTests
{
    [Fact]
    public void Records_are_read_and_written_under_the_numbers_of_the_proto()
    {
        Assert.Equal(Numbers(V1.NewRecord.Descriptor), Constants(typeof(NewRecordFields)));
        Assert.Equal(Numbers(V1.Record.Descriptor), Constants(typeof(StoredRecordFields)));
        Assert.Equal(Numbers(V1.AppendStreamRequest.Descriptor), Constants(typeof(AppendFields)).Where(field => !field.StartsWith("unary", StringComparison.Ordinal)));
        var unary = Constants(typeof(AppendFields)).Where(field => field.StartsWith("unary", StringComparison.Ordinal)).Select(field => field["unary".Length..]);
        Assert.Equal(Numbers(V1.AppendRequest.Descriptor).Skip(3), unary);
        Assert.Equal(V1.AppendRequest.Descriptor.Fields.InFieldNumberOrder().Take(3).Select(Line), V1.AppendStreamRequest.Descriptor.Fields.InFieldNumberOrder().Take(3).Select(Line));
        Assert.All([V1.ReadResponse.Descriptor, V1.TailResponse.Descriptor], message => Assert.Equal("records 1", Line(message.Fields.InFieldNumberOrder()[0])));
    }

    private static IEnumerable<string> Numbers(MessageDescriptor message) =>
        message.Fields.InFieldNumberOrder().Select(field => Line(field).Replace("_", "", StringComparison.Ordinal));

    private static string Line(FieldDescriptor field) => $"{field.Name} {field.FieldNumber}";

    private static IEnumerable<string> Constants(Type holder) =>
        holder.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.Name.ToLowerInvariant()} {field.GetRawConstantValue()}");
}
